using System.Diagnostics.CodeAnalysis;

namespace ReactiveQuery;

/// <summary>An immutable snapshot of one call of a mutation.</summary>
/// <typeparam name="TArgs">The arguments.</typeparam>
/// <typeparam name="T">The result.</typeparam>
/// <remarks>
/// Safe from any thread. Two states are equal when status, failure count and instant are equal and arguments, data and errors are the same references (equal
/// values for value types).
/// </remarks>
public sealed record MutationState<TArgs, T>
{
    private readonly DateTimeOffset _submittedAt;

    internal MutationState()
    {
    }

    /// <summary>The state before the first call.</summary>
    public static MutationState<TArgs, T> Idle { get; } = new();

    /// <summary>Where the call stands.</summary>
    public MutationStatus Status { get; internal init; }

    /// <summary>What the call was made with; <c>default</c> when <see cref="Status"/> is Idle.</summary>
    public TArgs? Variables { get; internal init; }

    /// <summary>The result when succeeded, else <c>default</c>.</summary>
    public T? Data { get; internal init; }

    /// <summary>Whether there is a result; true exactly when succeeded. A null result is one.</summary>
    public bool HasData => IsSuccess;

    /// <summary>The fetcher's own exception when failed, else null.</summary>
    public Exception? Error => IsError ? FailureReason : null;

    /// <summary>How many attempts of this call have failed so far; zero after success.</summary>
    public int FailureCount { get; internal init; }

    /// <summary>Why the last attempt failed; null when none has, and after success.</summary>
    public Exception? FailureReason { get; internal init; }

    /// <summary>When the call was made, by the client's scheduler; null when Idle.</summary>
    public DateTimeOffset? SubmittedAt
    {
        get => IsIdle ? null : _submittedAt;
        internal init => _submittedAt = value.GetValueOrDefault();
    }

    /// <summary>Whether no call is shown.</summary>
    public bool IsIdle => Status == MutationStatus.Idle;

    /// <summary>Whether the call is under way and not paused.</summary>
    public bool IsPending => Status == MutationStatus.Pending;

    /// <summary>Whether the call is under way and waits for the connection.</summary>
    public bool IsPaused => Status == MutationStatus.Paused;

    /// <summary>Whether the write succeeded.</summary>
    public bool IsSuccess => Status == MutationStatus.Success;

    /// <summary>Whether the write failed for good.</summary>
    public bool IsError => Status == MutationStatus.Error;

    /// <summary>Whether the call is under way: pending or paused.</summary>
    public bool IsUnderWay => Status is MutationStatus.Pending or MutationStatus.Paused;

    /// <summary>Yields the result when there is one.</summary>
    /// <param name="data">The result, or <c>default</c>.</param>
    /// <returns>The value of <see cref="HasData"/>.</returns>
    public bool TryGetData([MaybeNullWhen(false)] out T data)
    {
        data = Data!;
        return HasData;
    }

    /// <summary>One value for each way a call can stand; pending and paused are one.</summary>
    /// <typeparam name="TResult">The value.</typeparam>
    /// <param name="idle">Called when no call is shown.</param>
    /// <param name="pending">Called when the call is pending or paused.</param>
    /// <param name="success">Called with the result.</param>
    /// <param name="error">Called with the error.</param>
    /// <returns>What the chosen function returned.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public TResult Match<TResult>(Func<TResult> idle, Func<TResult> pending, Func<T, TResult> success, Func<Exception, TResult> error)
    {
        ArgumentNullException.ThrowIfNull(idle);
        ArgumentNullException.ThrowIfNull(pending);
        ArgumentNullException.ThrowIfNull(success);
        ArgumentNullException.ThrowIfNull(error);
        return Status switch
        {
            MutationStatus.Idle => idle(),
            MutationStatus.Success => success(Data!),
            MutationStatus.Error => error(Error!),
            _ => pending(),
        };
    }

    /// <inheritdoc/>
    public bool Equals(MutationState<TArgs, T>? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && Status == other.Status
            && FailureCount == other.FailureCount
            && SubmittedAt == other.SubmittedAt
            && ReferenceEquals(FailureReason, other.FailureReason)
            && IsSame(Variables, other.Variables)
            && IsSame(Data, other.Data));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Status, FailureCount, SubmittedAt);

    /// <summary>For debugging; the format may change.</summary>
    /// <returns>The status and what there is to tell.</returns>
    public override string ToString()
    {
        List<string> parts = [];
        if (Status != MutationStatus.Idle) parts.Add(Variables?.ToString() ?? "null");
        if (HasData) parts.Add(Data?.ToString() ?? "null");
        if (Error is not null) parts.Add($"error: {Error.Message}");
        if (FailureCount > 0) parts.Add($"failures: {FailureCount}");
        return parts.Count == 0 ? $"{Status}" : $"{Status}({string.Join(", ", parts)})";
    }

    // By reference: the equality of the user's types is user code, and a state is compared where none may run.
    private static bool IsSame<TValue>(TValue? left, TValue? right) =>
        typeof(TValue).IsValueType ? EqualityComparer<TValue?>.Default.Equals(left, right) : ReferenceEquals(left, right);
}
