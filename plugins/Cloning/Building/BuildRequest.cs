using Qubes.Plugins.Cloning.Templates;

namespace Qubes.Plugins.Cloning.Building;

/// <summary>A memory template that is to be made.</summary>
/// <param name="record">Of which disposable template.</param>
/// <param name="reason">Why, for the log.</param>
/// <param name="since">When it was first wanted.</param>
internal sealed class BuildRequest(TemplateRecord record, string reason, DateTimeOffset since)
{
    public TemplateRecord Record => record;

    public string Reason => reason;

    public DateTimeOffset Since => since;

    /// <summary>The key that a disposable asked for in vain; null: none did.</summary>
    public string? Missed { get; init; }

    /// <summary>Somebody has commanded it, and waits for nothing but its turn.</summary>
    public bool IsCommanded { get; init; }

    /// <summary>Completes when it was made, or not; never faults.</summary>
    public TaskCompletionSource Done { get; init; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
