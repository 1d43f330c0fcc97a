using System.Globalization;

namespace Qubes.Plugins.Qrexec.Calls;

/// <summary>How far a call has come, and how long each stage took; written to the log when it has ended.</summary>
internal sealed class CallState(TimeProvider time)
{
    private readonly long begun = time.GetTimestamp();
    private TimeSpan judged;
    private TimeSpan reached;
    private TimeSpan joined;

    /// <summary>The caller was told where to connect: there is no refusing any more.</summary>
    public bool IsAnswered { get; set; }

    /// <summary>Policy has allowed it.</summary>
    public void Judged() => judged = time.GetElapsedTime(begun);

    /// <summary>The target runs and can be called.</summary>
    public void Reached() => reached = time.GetElapsedTime(begun);

    /// <summary>Both ends are connected.</summary>
    public void Joined() => joined = time.GetElapsedTime(begun);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"policy {judged.TotalMilliseconds:0.0} ms, target {(reached - judged).TotalMilliseconds:0.0} ms, connection {(joined - reached).TotalMilliseconds:0.0} ms, service {(time.GetElapsedTime(begun) - joined).TotalMilliseconds:0.0} ms");
}
