using System.Reactive.Disposables;
using ReactiveQuery.Tests.Client;

namespace ReactiveQuery.Tests.Review;

/// <summary>The first attempt at a page, which is made without operators: what it leaves to those that follow.</summary>
public class PageAttemptTests : ClientTest
{
    [Fact]
    public void A_page_that_failed_is_unsubscribed_before_it_is_tried_again()
    {
        var (subscribed, disposed, disposedBefore) = (0, 0, 0);
        var source = new Unforgiving(observer =>
        {
            subscribed++;
            disposedBefore = disposed;
            return Disposable.Create(() => disposed++);
        });
        var query = Query.DefineInfinite("pages", (int _) => (IObservable<string>)source, 0, _ => 1)
            .With(o => o with { Retry = new RetryPolicy { MaxRetries = 1, InitialDelay = TimeSpan.FromSeconds(1) } });
        using var subscription = NewClient(o => o with { CompletionBoundary = null }).Observe(query).Subscribe();

        source.Observer!.OnError(Boom);
        Scheduler.AdvanceBy(TimeSpan.FromSeconds(1));

        Assert.Equal((2, 1), (subscribed, disposedBefore));
    }

    /// <summary>A source that ends no subscription by itself.</summary>
    private sealed class Unforgiving(Func<IObserver<string>, IDisposable> subscribe) : IObservable<string>
    {
        public IObserver<string>? Observer { get; private set; }

        public IDisposable Subscribe(IObserver<string> observer)
        {
            Observer = observer;
            return subscribe(observer);
        }
    }
}
