namespace ReactiveQuery;

/// <summary>What an entry remembers of the options it was last used under. Not the options themselves: their functions may belong to a view-model, for which an entry must not be the reason to live.</summary>
/// <param name="DefinitionName">The name of the definition that it was used through.</param>
/// <param name="StaleTime">See <see cref="QueryOptions.StaleTime"/>.</param>
/// <param name="CacheTtl">See <see cref="QueryOptions.CacheTtl"/>.</param>
/// <param name="GcTime">See <see cref="QueryOptions.GcTime"/>.</param>
/// <param name="IsCached">See <see cref="QueryOptions.CacheEnabled"/>.</param>
/// <param name="RefusesPatches">Whether <see cref="QueryOptions.OptimisticUpdates"/> is false.</param>
internal sealed record RememberedOptions(string DefinitionName, TimeSpan StaleTime, TimeSpan CacheTtl, TimeSpan GcTime, bool IsCached, bool RefusesPatches);
