namespace Qubes.Plugins.Templates.Processes;

/// <summary>What is kept of a tool's output: the standard output up to a limit, and the last line that looks like an error.</summary>
internal sealed class ToolRecord(Action<string>? onLine)
{
    private static readonly string[] _marks = [" error", "cannot ", "could not ", "permission denied", "no space left"];

    private const int MostLines = 50_000;

    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private string _last = "it wrote nothing";
    private string? _error;

    /// <summary>The first 50,000 lines of standard output. Read when the tool has ended.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>The tool's reason, as far as its output tells: the first line marked as an error, else the last line.</summary>
    public string LastWords => Printable.Of(_error ?? _last);

    public void Output(string line) => Keep(line, isOutput: true);

    public void Error(string line) => Keep(line, isOutput: false);

    private static bool LooksLikeAnError(string line) =>
        line.StartsWith("E: ", StringComparison.Ordinal)
        || Array.Exists(_marks, mark => line.Contains(mark, StringComparison.OrdinalIgnoreCase));

    private void Keep(string line, bool isOutput)
    {
        lock (_gate)
        {
            if (isOutput && _lines.Count < MostLines)
                _lines.Add(line);
            _last = line;
            if (_error is null && LooksLikeAnError(line))
                _error = line;
            onLine?.Invoke(line);
        }
    }
}
