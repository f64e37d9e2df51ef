namespace Quickstart.Server;

/// <summary>What the shop begins with: 240 products, 120 users, 400 orders, the same in every run.</summary>
internal static class SeedData
{
    private static readonly string[] Series = ["Alder", "Bergen", "Cobalt", "Dune", "Ember"];

    private static readonly (string Category, string[] Items)[] Assortment =
    [
        ("Kitchen", ["Cutting Board", "Bread Knife", "Stock Pot", "Salad Bowl", "Rolling Pin", "Spice Rack"]),
        ("Coffee and Tea", ["Teapot", "Tea Strainer", "Coffee Grinder", "French Press", "Milk Jug", "Gooseneck Kettle"]),
        ("Lighting", ["Desk Lamp", "Floor Lamp", "Reading Lamp", "Pendant Light", "Night Light", "Lantern"]),
        ("Office", ["Notebook", "Fountain Pen", "Letter Tray", "Desk Pad", "Pencil Case", "Wall Clock"]),
        ("Garden", ["Watering Can", "Hand Trowel", "Pruning Shears", "Plant Pot", "Bird Feeder", "Rain Gauge"]),
        ("Travel", ["Backpack", "Duffel Bag", "Toiletry Bag", "Travel Mug", "Passport Cover", "Packing Cube"]),
        ("Bath", ["Bath Towel", "Soap Dish", "Laundry Basket", "Bath Mat", "Wash Cloth", "Shower Caddy"]),
        ("Bedroom", ["Duvet Cover", "Pillow Case", "Wool Blanket", "Bedside Table", "Clothes Hook", "Alarm Clock"]),
    ];

    private static readonly string[] FirstNames =
        ["Amara", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hiro", "Ines", "Jonas", "Keiko", "Liam"];

    private static readonly string[] LastNames =
        ["Okafor", "Silva", "Rossi", "Novak", "Demir", "Haddad", "Lindqvist", "Tanaka", "Moreau", "Weber"];

    private static readonly string[] Cities = ["Lisbon", "Oslo", "Kyoto", "Bologna", "Ghent", "Izmir", "Graz"];

    public static IEnumerable<Product> Products() =>
        Assortment
            .SelectMany(range => range.Items, (range, item) => (range.Category, Item: item))
            .SelectMany(_ => Series, (kind, series) => (kind.Category, Name: $"{series} {kind.Item}"))
            .Select((it, n) => new Product(n + 1, it.Name, it.Category, Price: 4.90m + (n * 379 % 9000 / 50 * 0.50m), Stock: n * 31 % 87));

    public static IEnumerable<User> Users() =>
        LastNames
            .SelectMany(_ => FirstNames, (last, first) => $"{first} {last}")
            .Select((name, n) => new User(n + 1, name, Cities[n * 5 % Cities.Length]));

    public static IEnumerable<(int UserId, int ProductId, int Quantity, DateOnly PlacedOn)> Orders() =>
        Enumerable.Range(0, 400).Select(n => (1 + (n * 7 % 120), 1 + (n * 53 % 240), 1 + (n % 4), new DateOnly(2026, 1, 2).AddDays(n / 3)));
}
