using Qubes.Tools.Applets;

namespace Qubes.Tools.Preloading;

/// <summary><c>qvm-preload COMMAND</c>.</summary>
/// <param name="simulator">What simulates; null: the program beside this one.</param>
internal sealed class PreloadApplet(string? simulator = null) : ActionApplet(
    "qvm-preload", "Look after preloaded disposables.",
    new ShowPreloads(), new DrainPreloads(), new RefreshPreloads(), new ShowHistory(), new TraceRequests(), new SimulatePreloads(simulator))
{
    public override string Details => """
        Disposables of a template are started before anyone asks for one, as many as the template's feature preload-dispvm-max
        allows and its policy wants. The feature preload-dispvm-policy chooses the policy: static wants as many as are allowed,
        adaptive follows demand: as many as were requested within the busiest minute lately, or usually are at this hour of the
        day, and at least one. Counts, times and history are those since the daemon started.

        The states of a template are: ready, as many wait as are wanted; filling, some are being started; short, fewer are there
        than are wanted, and a line below says why; drained; off, nothing is to be preloaded.
        """;
}
