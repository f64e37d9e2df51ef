namespace ReactiveQuery.Testing;

/// <summary>Which diagram a call plays: the next one for its argument, else the next one for all; the last one repeats.</summary>
internal sealed class FetchScripts<TParams>
{
    private readonly object _gate = new();
    private readonly Playlist? _forAll;
    private readonly List<(TParams Parameter, Playlist Playlist)> _byParameter = [];

    public FetchScripts(string[] scripts) => _forAll = scripts.Length == 0 ? null : new Playlist(scripts);

    public void Add(TParams parameter, string[] scripts)
    {
        if (scripts.Length == 0) throw new ArgumentException("At least one diagram is needed.", nameof(scripts));
        var playlist = new Playlist(scripts);
        lock (_gate)
        {
            _byParameter.RemoveAll(known => Equals(known.Parameter, parameter));
            _byParameter.Add((parameter, playlist));
        }
    }

    public string Next(TParams parameter)
    {
        lock (_gate)
        {
            var playlist = _byParameter.Find(known => Equals(known.Parameter, parameter)).Playlist ?? _forAll;
            return playlist?.Next() ?? throw new InvalidOperationException($"The fetcher has no diagram for {MarbleValues.Text(parameter)}: add one by For.");
        }
    }

    private sealed class Playlist
    {
        private readonly string[] _scripts;
        private int _next;

        public Playlist(string[] scripts)
        {
            // A diagram that cannot be read is refused where it is given, not in the call that would play it.
            foreach (var script in scripts) MarbleParser.Parse(script);
            _scripts = [.. scripts];
        }

        public string Next() => _scripts[Math.Min(_next++, _scripts.Length - 1)];
    }
}
