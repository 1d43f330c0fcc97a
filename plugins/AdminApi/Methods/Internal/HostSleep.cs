using Microsoft.Extensions.Logging;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hosting;
using Qubes.Sdk.Plugins;

namespace Qubes.Plugins.AdminApi.Methods.Internal;

/// <summary>
/// Prepares qubes for the host's sleep, and wakes them (spec: preloaded disposables, section 11): plugins first, then guests are
/// told, then what runs is paused. What was paused before stays so, across a restart of the daemon too.
/// </summary>
internal sealed class HostSleep(
    IQubes qubes, IEventBus events, IExtensions extensions, QubesPaths paths, TimeProvider time, ILogger<HostSleep> log)
{
    private static readonly TimeSpan LongestNotice = TimeSpan.FromSeconds(60);

    // list = *( name LF ), of qubes that were paused already
    private string List => Path.Combine(paths.Runtime, "previously-paused.list");

    public async Task SuspendAsync(CancellationToken cancel)
    {
        await events.FireAsync(new HostSuspending(), cancel);
        Directory.CreateDirectory(paths.Runtime);
        await File.WriteAllLinesAsync(List, qubes.Where(q => q.PowerState == PowerState.Paused).Select(q => q.Name).ToList(), cancel);
        var running = Local(PowerState.Running);
        await TellAsync(running, "qubes.SuspendPreAll", cancel);
        await EachAsync(running.Where(q => q.PowerState == PowerState.Running), q => q.PauseAsync(cancel));
    }

    public async Task ResumeAsync(CancellationToken cancel)
    {
        if (File.Exists(List))
        {
            var before = await File.ReadAllLinesAsync(List, cancel);
            var slept = Local(PowerState.Paused).Where(q => !before.Contains(q.Name) && !IsNobodys(q)).ToList();
            await EachAsync(slept, q => q.UnpauseAsync(cancel));
            await TellAsync(slept, "qubes.SuspendPostAll", cancel);
            File.Delete(List);
        }
        events.Fire(new HostResumed());
    }

    private List<IQube> Local(PowerState state) =>
        [.. qubes.Where(q => q.Class is not (QubeClass.AdminVM or QubeClass.RemoteVM) && q.PowerState == state)];

    private bool IsNobodys(IQube qube) => extensions.All<IUnclaimedQubes>().Any(p => p.IsNobodys(qube));

    // A guest without the agent cannot be told, and one that does not listen is not waited for.
    private async Task TellAsync(IEnumerable<IQube> told, string service, CancellationToken cancel)
    {
        if (extensions.All<IGuestServices>() is not [var services, ..])
            return;
        using var limit = new CancellationTokenSource(LongestNotice, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        await EachAsync(
            told.Where(q => q.Features.CheckWithTemplate("qrexec") is { Length: > 0 }),
            q => services.CallAsync(q, service, "root", default, either.Token).WaitAsync(either.Token));
    }

    private async Task EachAsync(IEnumerable<IQube> each, Func<IQube, Task> work) => await Task.WhenAll(each.Select(async q =>
    {
        try
        {
            await work(q);
        }
        catch (Exception e) when (e is QubesException or OperationCanceledException)
        {
            Log.NotPrepared(log, q.Name, e.Message);
        }
    }).ToList());
}
