namespace Fer.Tests.Rules;

/// <summary>Files that use each other in a circle: the strongly connected components of more than one file (Tarjan 1972).</summary>
internal sealed class FileCycles
{
    private readonly Dictionary<string, string[]> _next;
    private readonly Dictionary<string, int> _index = [], _low = [];
    private readonly Stack<string> _open = [];
    private readonly HashSet<string> _isOpen = [];
    private readonly List<IReadOnlyList<string>> _cycles = [];

    private FileCycles(Dictionary<string, string[]> next) => _next = next;

    /// <summary>The circles among some files.</summary>
    internal static IReadOnlyList<IReadOnlyList<string>> Of(IEnumerable<string> files, IEnumerable<(string From, string To)> arrows)
    {
        var all = files.ToHashSet();
        var next = arrows.Where(a => all.Contains(a.From) && all.Contains(a.To)).ToLookup(a => a.From, a => a.To);
        var search = new FileCycles(all.ToDictionary(file => file, file => next[file].ToArray()));
        foreach (string file in all)
            if (!search._index.ContainsKey(file)) search.Visit(file);
        return search._cycles;
    }

    private void Visit(string file)
    {
        _index[file] = _low[file] = _index.Count;
        _open.Push(file);
        _isOpen.Add(file);
        foreach (string next in _next[file])
        {
            if (!_index.ContainsKey(next))
            {
                Visit(next);
                _low[file] = Math.Min(_low[file], _low[next]);
            }
            else if (_isOpen.Contains(next)) _low[file] = Math.Min(_low[file], _index[next]);
        }
        if (_low[file] != _index[file]) return;
        var cycle = new List<string>();
        do
        {
            cycle.Add(_open.Pop());
            _isOpen.Remove(cycle[^1]);
        }
        while (cycle[^1] != file);
        if (cycle.Count > 1) _cycles.Add(cycle);
    }
}
