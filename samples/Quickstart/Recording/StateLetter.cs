namespace Quickstart.Recording;

/// <summary>The letter of a state in a marble diagram.</summary>
internal static class StateLetter
{
    public const char Left = '!';

    public static char Of<T>(QueryState<T> state) => state switch
    {
        { IsPlaceholder: true } => 'P',
        { IsFetching: true, FailureCount: > 0 } => (char)('0' + Math.Min(state.FailureCount, 9)),
        { IsLoading: true } => 'L',
        { IsOptimistic: true } => 'O',
        { IsPaused: true } => 'W',
        { IsFetchingNextPage: true } => 'N',
        { IsRefetching: true } => 'F',
        { IsError: true } => 'E',
        { IsSuccess: true, IsStale: true } => 's',
        { IsSuccess: true } => 'S',
        _ => 'I',
    };

    public static string MeaningOf(char letter) => letter switch
    {
        'P' => "previous data while loading",
        'L' => "loading",
        'O' => "write shown, not yet confirmed",
        'W' => "waiting to refetch",
        'N' => "pages shown, fetching the next",
        'F' => "data shown, refetching",
        'E' => "error",
        's' => "data turned stale",
        'S' => "success",
        'I' => "idle",
        Left => "left or aborted",
        _ => "failures so far",
    };
}
