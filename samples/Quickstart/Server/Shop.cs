using System.Text.Json.Serialization;

namespace Quickstart.Server;

internal sealed record Product(int Id, string Name, string Category, decimal Price, int Stock);

internal sealed record PriceChange(int ProductId, decimal Price);

/// <summary>Some products, and the id from which the next page begins; null: this is the last one.</summary>
internal sealed record ProductPage(IReadOnlyList<Product> Products, int? Next);

internal sealed record User(int Id, string Name, string City);

internal sealed record Order(int Id, int UserId, string Product, int Quantity, DateOnly PlacedOn);

/// <summary>How all of it is written as JSON, generated at compile time so that a trimmed program needs no reflection.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Product))]
[JsonSerializable(typeof(IReadOnlyList<Product>))]
[JsonSerializable(typeof(PriceChange))]
[JsonSerializable(typeof(ProductPage))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(IReadOnlyList<Order>))]
internal sealed partial class ShopJson : JsonSerializerContext;
