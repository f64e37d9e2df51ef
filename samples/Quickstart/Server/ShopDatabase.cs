using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Quickstart.Server;

/// <summary>The shop's SQLite file, in a temporary folder of its own.</summary>
internal sealed class ShopDatabase : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("reactivequery-quickstart-");

    public ShopDatabase()
    {
        Execute(
            """
            create table products (id integer primary key, name text, category text, price_cents integer, stock integer);
            create table users (id integer primary key, name text, city text);
            create table orders (id integer primary key, user_id integer, product_id integer, quantity integer, placed_on text);
            """);
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        foreach (var it in SeedData.Products())
            Execute(connection, "insert into products values (@0, @1, @2, @3, @4)", it.Id, it.Name, it.Category, (long)(it.Price * 100), it.Stock);
        foreach (var it in SeedData.Users())
            Execute(connection, "insert into users values (@0, @1, @2)", it.Id, it.Name, it.City);
        foreach (var it in SeedData.Orders())
            Execute(connection, "insert into orders values (null, @0, @1, @2, @3)", it.UserId, it.ProductId, it.Quantity, $"{it.PlacedOn:yyyy-MM-dd}");
        transaction.Commit();
    }

    public void Dispose() => _folder.Delete(recursive: true);

    public Product? Product(int id) =>
        Read("select id, name, category, price_cents, stock from products where id = @0", ToProduct, id).SingleOrDefault();

    public List<Product> ProductsIn(string category) =>
        Read("select id, name, category, price_cents, stock from products where category = @0 order by id", ToProduct, category);

    public List<Product> ProductsNamed(string text) =>
        Read("select id, name, category, price_cents, stock from products where instr(lower(name), lower(@0)) order by id", ToProduct, text);

    /// <summary>The products from an id on; one more than asked for is read, to know whether more follow.</summary>
    public ProductPage ProductsFrom(int id, int count)
    {
        var found = Read("select id, name, category, price_cents, stock from products where id >= @0 order by id limit @1", ToProduct, id, count + 1);
        return new ProductPage([.. found.Take(count)], found.Count > count ? found[count].Id : null);
    }

    public User? User(int id) =>
        Read("select id, name, city from users where id = @0", row => new User(row.GetInt32(0), row.GetString(1), row.GetString(2)), id).SingleOrDefault();

    public List<Order> OrdersOf(int userId) =>
        Read(
            "select o.id, o.user_id, p.name, o.quantity, o.placed_on from orders o join products p on p.id = o.product_id where o.user_id = @0 order by o.id",
            row => new Order(row.GetInt32(0), row.GetInt32(1), row.GetString(2), row.GetInt32(3), DateOnly.Parse(row.GetString(4), CultureInfo.InvariantCulture)),
            userId);

    /// <summary>What somebody else does behind the client's back.</summary>
    public void ChangePrice(int productId, decimal price) =>
        Execute("update products set price_cents = @0 where id = @1", (long)(price * 100), productId);

    public void Rename(int productId, string name) => Execute("update products set name = @0 where id = @1", name, productId);

    public void Restock(int productId, int stock) => Execute("update products set stock = @0 where id = @1", stock, productId);

    /// <summary>The shop stops selling all products from an id on.</summary>
    public void RemoveProductsFrom(int id) => Execute("delete from products where id >= @0", id);

    private static Product ToProduct(SqliteDataReader row) =>
        new(row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetInt64(3) / 100m, row.GetInt32(4));

    private List<T> Read<T>(string sql, Func<SqliteDataReader, T> toRow, params object[] values)
    {
        using var connection = Open();
        using var command = Command(connection, sql, values);
        using var reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
            rows.Add(toRow(reader));
        return rows;
    }

    private void Execute(string sql, params object[] values)
    {
        using var connection = Open();
        Execute(connection, sql, values);
    }

    private static void Execute(SqliteConnection connection, string sql, params object[] values)
    {
        using var command = Command(connection, sql, values);
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection connection, string sql, object[] values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of this file; what comes from outside is a parameter.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (number, value) in values.Index())
            command.Parameters.AddWithValue($"@{number}", value);
        return command;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.FullName, "shop.db")};Pooling=False");
        connection.Open();
        return connection;
    }
}
