using System.Text.Json.Serialization;

namespace Quickstart.Server;

internal sealed record Product(int Id, string Name, string Category, decimal Price, int Stock);

internal sealed record PriceChange(int ProductId, decimal Price);

internal sealed record User(int Id, string Name, string City);

internal sealed record Order(int Id, int UserId, string Product, int Quantity, DateOnly PlacedOn);

/// <summary>How all of it is written as JSON, generated at compile time so that a trimmed program needs no reflection.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Product))]
[JsonSerializable(typeof(IReadOnlyList<Product>))]
[JsonSerializable(typeof(PriceChange))]
[JsonSerializable(typeof(User))]
[JsonSerializable(typeof(IReadOnlyList<Order>))]
internal sealed partial class ShopJson : JsonSerializerContext;
