namespace ReactiveQuery.Testing;

public sealed partial class Marbles
{
    private readonly List<QueryClient> _clients = [];
    private readonly List<UnobservedError> _unobservedErrors = [];

    /// <summary>The exceptions that the clients of this test could hand to nobody, in order; see <see cref="QueryClientOptions.OnUnobservedError"/>.</summary>
    public IReadOnlyList<UnobservedError> UnobservedErrors
    {
        get { lock (_unobservedErrors) return [.. _unobservedErrors]; }
    }

    /// <summary>A client in the virtual time of this test.</summary>
    /// <param name="configure">Changes what it is made of: <c>o => o with { Online = online }</c>. Null: as it is. Called once, now.</param>
    /// <returns>A new client. The test disposes it, or leaves it: nothing else does.</returns>
    /// <remarks>
    /// <list type="table">
    /// <listheader><term>option</term><description>value</description></listheader>
    /// <item><term><see cref="QueryClientOptions.Scheduler"/></term><description><see cref="Scheduler"/></description></item>
    /// <item><term><see cref="QueryClientOptions.CompletionBoundary"/></term><description>The test's thread. A result that arrives on another thread waits there, as work due now, and is
    /// one of the <see cref="MarbleLeftovers.ForeignCompletions"/>; awaited calls of the client continue inline.</description></item>
    /// <item><term><see cref="QueryClientOptions.OnUnobservedError"/></term><description>Collects into <see cref="UnobservedErrors"/>; a hook given by
    /// <paramref name="configure"/> is called as well.</description></item>
    /// <item><term><see cref="QueryClientOptions.Random"/></term><description>Always 0.5: jittered delays are half their bound.</description></item>
    /// </list>
    /// <para>A fetcher whose awaits capture the test framework's synchronization context goes on where that context likes. Subscribe by <see cref="Record"/>,
    /// <c>Expect</c> or inside <see cref="Play"/>, which keep it away, or write the fetcher with <c>ConfigureAwait(false)</c>.</para>
    /// <para>On a scheduler that is no <see cref="MarbleScheduler"/> the test's thread is the one that made these <see cref="Marbles"/>, and a result from another
    /// thread is handed over at the beginning of the next run that moves the clock; a run that is under way does not see it.</para>
    /// </remarks>
    /// <exception cref="InvalidOperationException"><paramref name="configure"/> returned null.</exception>
    /// <example>
    /// <code>
    /// var m      = new Marbles();
    /// var fetch  = m.Fetcher("--(a|)");
    /// var client = m.Client();
    /// var users  = Query.Define("users", fetch.AsTask);
    /// m.Expect(client.Observe(users, "1")).ToBe("L-a");
    /// m.Expect(fetch.Calls).ToBe("^-!");
    /// </code>
    /// </example>
    public QueryClient Client(Func<QueryClientOptions, QueryClientOptions>? configure = null)
    {
        var options = new QueryClientOptions
        {
            Scheduler = Scheduler,
            CompletionBoundary = new TestThread(_clock),
            Random = static () => 0.5,
        };
        if (configure is not null)
            options = configure(options) ?? throw new InvalidOperationException("The options function returned null.");

        var hook = options.OnUnobservedError;
        var client = new QueryClient(options with
        {
            OnUnobservedError = error =>
            {
                lock (_unobservedErrors) _unobservedErrors.Add(error);
                hook?.Invoke(error);
            }
        });
        _clients.Add(client);
        return client;
    }
}
