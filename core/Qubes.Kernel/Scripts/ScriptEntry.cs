using Qubes.Kernel.Events;
using Qubes.Kernel.Scripts.Offers;
using Qubes.Kernel.Scripts.Running;
using Qubes.Sdk.Scripting;

namespace Qubes.Kernel.Scripts;

/// <summary>A script that is to be active, and what became of it. Used on the kernel loop.</summary>
internal sealed class ScriptEntry(string name)
{
    public string Name => name;

    public string Path { get; set; } = "";

    /// <summary>What was tried last; null: nothing that could be read.</summary>
    public string? Key { get; set; }

    /// <summary>What runs; null: nothing.</summary>
    public ScriptRun? Run { get; set; }

    /// <summary>What it was made of.</summary>
    public string? RunKey { get; set; }

    public string? Message { get; set; }

    /// <summary>By name; they outlive versions.</summary>
    public Dictionary<string, ScriptPolicy> Policies { get; } = new(StringComparer.Ordinal);

    /// <summary>What it offers besides policies.</summary>
    public IReadOnlyList<object> Extensions { get; set; } = [];

    /// <summary>Refuses in the place of a script that cannot; null: nothing is to be refused.</summary>
    public OwnedEventBus? Closed { get; set; }

    public ScriptState State => Run is not null ? ScriptState.Active : Message is null ? ScriptState.Starting : ScriptState.Malfunctioned;

    public ScriptStatus Status => new(name, Path, State, Message, [.. Run?.Offers.Select(o => o.Text) ?? []], Run?.Faults ?? 0);
}
