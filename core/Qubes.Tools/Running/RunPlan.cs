namespace Qubes.Tools.Running;

/// <summary>What to run and how its streams are connected, as the command line of <c>qvm-run</c> says.</summary>
/// <param name="Words">The command: one shell command line if it is a single word, else a program and its arguments.</param>
internal sealed record RunPlan(IReadOnlyList<string> Words)
{
    /// <summary>The first word is a service.</summary>
    public bool IsService { get; init; }

    /// <summary>A single word is a program, too.</summary>
    public bool NoShell { get; init; }

    public string User { get; init; } = "DEFAULT";

    public bool PassStreams { get; init; }

    /// <summary>Wait for a desktop session, if the qube has a desktop.</summary>
    public bool Gui { get; init; } = true;

    public bool Autostart { get; init; } = true;

    /// <summary>A local shell command connected in place of our own streams.</summary>
    public string? LocalCommand { get; init; }

    public bool IsProgram => !IsService && (NoShell || Words.Count > 1);
}
