using System.Text.Json.Serialization.Metadata;

namespace Quickstart;

/// <summary>The client of the shop, as an application would write it: plain <see cref="HttpClient"/>, nothing of ReactiveQuery.</summary>
internal sealed class ShopApi(Uri address) : IDisposable
{
    // The server is on this machine: no proxy between.
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };

    public static string RenamePath(int id, string name) => $"/products/{id}/name?to={Uri.EscapeDataString(name)}";

    public Task<Product> Product(int id, CancellationToken token) => Get($"/products/{id}", ShopJson.Default.Product, token);

    public async Task SetPrice(PriceChange change, CancellationToken token)
    {
        var answer = await _http.PutAsJsonAsync($"/products/{change.ProductId}/price", change, ShopJson.Default.PriceChange, token);
        answer.EnsureSuccessStatusCode();
    }

    public Task Rename(int id, string name, CancellationToken token) => Put(RenamePath(id, name), token);

    public Task Restock(int id, int stock, CancellationToken token) => Put($"/products/{id}/stock?to={stock}", token);

    public Task<IReadOnlyList<Product>> ProductsIn(string category, CancellationToken token) =>
        Get($"/products?category={Uri.EscapeDataString(category)}", ShopJson.Default.IReadOnlyListProduct, token);

    public Task<IReadOnlyList<Product>> Search(string text, CancellationToken token) =>
        Get($"/products?search={Uri.EscapeDataString(text)}", ShopJson.Default.IReadOnlyListProduct, token);

    public Task<ProductPage> ProductsFrom(int id, CancellationToken token) => Get($"/products/from/{id}", ShopJson.Default.ProductPage, token);

    public Task<User> User(int id, CancellationToken token) => Get($"/users/{id}", ShopJson.Default.User, token);

    public Task<IReadOnlyList<Order>> OrdersOf(int userId, CancellationToken token) =>
        Get($"/users/{userId}/orders", ShopJson.Default.IReadOnlyListOrder, token);

    public void Dispose() => _http.Dispose();

    private async Task Put(string path, CancellationToken token)
    {
        using var answer = await _http.PutAsync(new Uri(path, UriKind.Relative), content: null, token);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<T> Get<T>(string path, JsonTypeInfo<T> type, CancellationToken token) =>
        await _http.GetFromJsonAsync(path, type, token) ?? throw new InvalidDataException($"{path} answered null.");
}
