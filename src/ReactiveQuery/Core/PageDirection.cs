namespace ReactiveQuery;

/// <summary>What a fetch is for.</summary>
internal enum PageDirection : byte
{
    /// <summary>The whole data: every fetch of an ordinary query, the first load and the refetches of an infinite one.</summary>
    None,

    /// <summary>The page behind the last.</summary>
    Next,

    /// <summary>The page before the first.</summary>
    Previous,
}
