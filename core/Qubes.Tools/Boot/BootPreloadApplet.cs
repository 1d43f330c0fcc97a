using System.CommandLine;
using Qubes.Tools.Admin;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Boot;

/// <summary>
/// <c>/usr/lib/qubes/preload-dispvm</c>, what the unit <c>qubes-preload-dispvm.service</c> runs when the host has booted (spec:
/// preloaded disposables, section 11).
/// </summary>
internal sealed class BootPreloadApplet() : Applet("preload-dispvm", "Start the preloaded disposables of all templates that want some.")
{
    public override void Describe(Command command)
    {
        // It takes nothing: what it does is set on the templates.
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var templates = await PreloadTemplates.FindAsync(session, cancellation);
        var results = await Task.WhenAll(templates.Select(t => TryPreloadAsync(session, t, cancellation)));
        return results.Contains(false) ? ExitCode.Failure : ExitCode.Success;
    }

    // One that fails is told at once; the others are waited for all the same.
    private static async Task<bool> TryPreloadAsync(Session session, string template, CancellationToken cancellation)
    {
        try
        {
            await session.Admin.CallAsync("admin.vm.CreateDisposable", template, "preload", cancellation: cancellation);
            return true;
        }
        catch (Exception e) when (e is AdminException or ToolException)
        {
            session.Warn($"error: {template}: {SafeText.OneLine(e.Message)}");
            return false;
        }
    }
}
