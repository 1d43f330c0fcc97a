namespace Qubes.Plugins.Templates.Processes;

/// <summary>A program to run, without a shell.</summary>
/// <param name="Program">Found on the path <c>/usr/sbin:/usr/bin:/sbin:/bin</c>.</param>
/// <param name="Arguments">As the program gets them.</param>
internal sealed record ToolCommand(string Program, params IReadOnlyList<string> Arguments)
{
    /// <summary>Where it runs; also its <c>TMPDIR</c>.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Called with every line it writes, in order, on any thread.</summary>
    public Action<string>? OnLine { get; init; }
}
