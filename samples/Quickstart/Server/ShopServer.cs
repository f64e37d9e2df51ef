using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Quickstart.Server;

/// <summary>A real HTTP API on a free port of this machine: products, users, orders; slow and failing as its scene wants it.</summary>
internal sealed class ShopServer : IAsyncDisposable
{
    public const int PageSize = 10;

    private readonly ShopDatabase _database = new();
    private readonly WebApplication _app;

    private ShopServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, ShopJson.Default));
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        _app = builder.Build();
        _app.Use(LogAndSuffer);
        MapRoutes();
    }

    public RequestLog Log { get; } = new();

    public Faults Faults { get; } = new();

    public Uri Address => new(_app.Urls.Single());

    public static async Task<ShopServer> StartAsync()
    {
        var server = new ShopServer();
        await server._app.StartAsync();
        return server;
    }

    /// <summary>The prices that clients have set, in the order in which they arrived.</summary>
    public ConcurrentQueue<decimal> PricesSet { get; } = new();

    public void ChangePrice(int productId, decimal price) => _database.ChangePrice(productId, price);

    public void RemoveProductsFrom(int productId) => _database.RemoveProductsFrom(productId);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _database.Dispose();
    }

    private void MapRoutes()
    {
        _app.MapGet("/products/{id:int}", Results<Ok<Product>, NotFound> (int id) =>
            _database.Product(id) is { } product ? TypedResults.Ok(product) : TypedResults.NotFound());
        _app.MapPut("/products/{id:int}/price", NoContent (int id, PriceChange change) =>
        {
            _database.ChangePrice(id, change.Price);
            PricesSet.Enqueue(change.Price);
            return TypedResults.NoContent();
        });
        _app.MapPut("/products/{id:int}/name", NoContent (int id, string to) =>
        {
            _database.Rename(id, to);
            return TypedResults.NoContent();
        });
        _app.MapPut("/products/{id:int}/stock", NoContent (int id, int to) =>
        {
            _database.Restock(id, to);
            return TypedResults.NoContent();
        });
        _app.MapGet("/products", Ok<IReadOnlyList<Product>> (string? category, string? search) =>
            TypedResults.Ok<IReadOnlyList<Product>>(category is null ? _database.ProductsNamed(search ?? "") : _database.ProductsIn(category)));
        _app.MapGet("/products/from/{id:int}", Ok<ProductPage> (int id) => TypedResults.Ok(_database.ProductsFrom(id, PageSize)));
        _app.MapGet("/users/{id:int}", Results<Ok<User>, NotFound> (int id) =>
            _database.User(id) is { } user ? TypedResults.Ok(user) : TypedResults.NotFound());
        _app.MapGet("/users/{id:int}/orders", Ok<IReadOnlyList<Order>> (int id) =>
            TypedResults.Ok<IReadOnlyList<Order>>(_database.OrdersOf(id)));
    }

    /// <summary>Around every request: the log, the latency, the failures, and the client that may hang up.</summary>
    private async Task LogAndSuffer(HttpContext context, RequestDelegate next)
    {
        var verb = HttpMethods.IsGet(context.Request.Method) ? "" : $"{context.Request.Method} ";
        var path = verb + context.Request.Path + context.Request.QueryString;
        var request = Log.Started(path);
        try
        {
            await Faults.DelayAsync(path, context.RequestAborted);
            if (Faults.ShouldFail(path))
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            else
                await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            Log.Ended(request, RequestOutcome.Aborted);
            return;
        }

        Log.Ended(request, context.Response.StatusCode < 400 ? RequestOutcome.Completed : RequestOutcome.Failed);
    }

    /// <summary>Ctrl+C ends the program, as without a server in it.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
