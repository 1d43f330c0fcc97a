using System.Globalization;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Guests;
using Qubes.Sdk.Hypervisors;
using Qubes.Sdk.Memory;

namespace Qubes.Plugins.Preload.Tests.Model;

internal sealed partial class RandomLife
{
    private const string Max = "preload-dispvm-max";
    private static readonly string[] Delays = ["", "0", "1", "7.5", "-1", "-4", "auto", "auto", "auto"];

    private async Task DoAsync(StepKind kind, Random random)
    {
        var template = Templates[random.Next(Templates.Length)];
        switch (kind)
        {
            case StepKind.Request:
                Begin(() => RequestAsync(template, default));
                break;
            case StepKind.RequestAndLeave:
                var leaving = new CancellationTokenSource(TimeSpan.FromSeconds(random.Next(4)), World.Clock);
                Begin(() => RequestAsync(template, leaving.Token));
                break;
            case StepKind.LetTimePass:
                await kernel.PassAsync(random.Next(8) * 0.5);
                break;
            case StepKind.LetMoreTimePass:
                await kernel.PassAsync(random.Next(80));
                break;
            case StepKind.MachineEnds when World.Hypervisor.Machines is { Count: > 0 } machines:
                machines.OrderBy(m => m.Id).ElementAt(random.Next(machines.Count)).End(random.Next(2) == 0 ? MachineState.Stopped : MachineState.Crashed);
                break;
            case StepKind.BootTime:
                World.Hypervisor.BootTime = TimeSpan.FromSeconds(random.Next(3));
                break;
            case StepKind.Memory:
                World.AvailableBytes = random.Next(3) == 0 ? null : (400L << 20) * random.Next(8);
                Begin(() => Change(() => kernel.Qubes.AdminVm.Features.Set("preload-dispvm-threshold", $"{random.Next(3) * 200}")));
                break;
            case StepKind.Pressure:
                Press((MemoryPressure)random.Next(3));
                break;
            case StepKind.Faults:
                Break(random);
                break;
            case StepKind.NoFaults:
                Repair();
                break;
            case StepKind.Restart when random.Next(2) == 0:
                await RestartAsync();
                break;
            case StepKind.MachineEnds or StepKind.Restart:
                break;
            default:
                Begin(() => ChangeAsync(kind, template, random));
                break;
        }
    }

    private Task ChangeAsync(StepKind kind, string name, Random random)
    {
        var (qubes, template) = (kernel.Qubes, kernel.Qubes.Find(name));
        switch (kind)
        {
            case StepKind.LocalMax:
                template.Features.Set(Max, ((random.Next(8) + 2) / 3).ToString(CultureInfo.InvariantCulture));
                break;
            case StepKind.LocalMaxDeleted:
                template.Features.Remove(Max);
                break;
            case StepKind.GlobalMax:
                qubes.AdminVm.Features.Set(Max, random.Next(4) is > 0 and var n ? $"{n}" : "");
                break;
            case StepKind.GlobalMaxDeleted:
                qubes.AdminVm.Features.Remove(Max);
                break;
            case StepKind.Delay:
                template.Features.Set("preload-dispvm-delay", Delays[random.Next(Delays.Length)]);
                break;
            case StepKind.Setting:
                qubes.Find(random.Next(2) == 0 ? name : "tmpl").Properties.Write("memory", $"{random.Next(399, 402)}");
                break;
            case StepKind.CosmeticSetting when random.Next(2) == 0:
                template.Properties.Write("label", random.Next(2) == 0 ? "red" : "blue");
                break;
            case StepKind.CosmeticSetting:
                qubes.Find(random.Next(2) == 0 ? name : "tmpl").Properties.Write("shutdown_timeout", $"{random.Next(60, 63)}");
                break;
            case StepKind.DefaultTemplate:
                qubes.System.Set(SystemProperties.DefaultDispvm, template);
                break;
            case StepKind.OtherTemplate:
                template.Properties.Set(QubeProperties.Template, qubes.Find(random.Next(2) == 0 ? "tmpl" : "other"));
                break;
            case StepKind.NoDisposables or StepKind.Disposables when kind == StepKind.Disposables || random.Next(3) == 0:
                template.Properties.Set(QubeProperties.TemplateForDispvms, kind == StepKind.Disposables);
                break;
            case StepKind.Commit:
                return CommitAsync(qubes.Find(random.Next(2) == 0 ? name : "tmpl"));
            case StepKind.Resize:
                var grown = template.Volumes.First(v => v.Name == "private");
                return kernel.Volumes.ResizeAsync(grown, grown.Size + (1 << 30), default);
            case StepKind.HostSuspends:
                return kernel.Bus.FireAsync(new HostSuspending(), default);
            case StepKind.HostResumes:
                kernel.Bus.Fire(new HostResumed());
                break;
            case StepKind.AskForPreloads:
                return kernel.Preloads.FillAsync(template, default);
            case StepKind.EndOneInUse when inUse.Count > 0:
                return EndAsync(inUse[random.Next(inUse.Count)]);
            case StepKind.LetRunBySomebody when kernel.Lives.QueuedOf(template) is { Count: > 0 } queued:
                return queued[random.Next(queued.Count)].Qube.UnpauseAsync(default);
        }
        return Task.CompletedTask;
    }

    private async Task RequestAsync(string template, CancellationToken cancel)
    {
        try
        {
            Judge(await kernel.Disposables.AcquireAsync(new(kernel.Qubes.Find(template), kernel.Qubes.Find("work")), cancel), template);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // It has left.
        }
        catch (QubesException e)
        {
            Check(!kernel.Qubes.Find(template).Properties.Get(QubeProperties.TemplateForDispvms), $"a request failed: {e.Message}");
        }
    }

    private static async Task CommitAsync(IQube qube)
    {
        await qube.StartAsync(default);
        await qube.KillAsync(default);
    }

    private async Task EndAsync(IQube qube)
    {
        inUse.Remove(qube);
        if (qube.Machine is null)
            await kernel.Qubes.RemoveAsync(qube, default);
        else
            await qube.KillAsync(default);
    }

    private static Task Change(Action change)
    {
        change();
        return Task.CompletedTask;
    }

    // Refusals are the system's good right; whoever is refused has changed nothing.
    private void Begin(Func<Task> work) => underWay.Add(kernel.OnLoop(async () =>
    {
        try
        {
            await work();
        }
        catch (QubesException)
        {
        }
    }));

    private void Break(Random random)
    {
        var (chances, sync, kinds) = (new Random(random.Next()), new Lock(), random.Next(64));
        bool Fails(int kind)
        {
            lock (sync)
                return (kinds & (1 << kind)) != 0 && chances.Next(3) == 0;
        }
        World.Hypervisor.Creating = spec =>
        {
            if (spec.Class == QubeClass.DispVM && Fails(0))
                throw new QubeException("no room");
        };
        World.Hypervisor.Booting = (machine, _) => machine.Spec.Class == QubeClass.DispVM && Fails(1)
            ? throw new QubeException("does not boot")
            : Task.CompletedTask;
        World.Hypervisor.Pausing = machine =>
        {
            if (Fails(2))
                throw new QubeException("does not pause");
        };
        World.Hypervisor.Killing = (machine, _) => machine.Spec.Class == QubeClass.DispVM && Fails(3)
            ? throw new QubeException("does not end")
            : Task.CompletedTask;
        World.Shrinking = async (_, cancel) =>
        {
            if (Fails(4))
                await Task.Delay(TimeSpan.FromSeconds(5), World.Clock, cancel);
            return Fails(5) ? throw new QubeException("does not shrink") : ShrinkOutcome.Done;
        };
        World.Guests.Serving = async (_, _, cancel) =>
        {
            if (Fails(4))
                await Task.Delay(Timeout.InfiniteTimeSpan, World.Clock, cancel);
            return new GuestServiceResult(Fails(5) ? 1 : 0, default);
        };
    }

    private void Repair()
    {
        World.Hypervisor.Creating = null;
        World.Hypervisor.Booting = null;
        World.Hypervisor.Pausing = null;
        World.Hypervisor.Killing = null;
        World.Guests.Serving = null;
        World.Shrinking = null;
        if (World.Pressure != MemoryPressure.None)
            Press(MemoryPressure.None);
    }

    private void Press(MemoryPressure pressure)
    {
        World.Pressure = pressure;
        Begin(() => Change(() => kernel.Bus.Fire(new HostMemoryPressureChanged(pressure))));
    }

    private async Task RestartAsync()
    {
        // A machine that cannot be ended while the next daemon starts is the driver's matter.
        World.Hypervisor.Killing = null;
        kernel = await kernel.CrashAsync();
        underWay.Clear();
        await WatchAsync();
        // Whoever asked has gone with the daemon: what they got, or were about to get, is nobody's.
        await kernel.OnLoop(() =>
        {
            inUse.Clear();
            inUse.AddRange(kernel.Qubes.Where(q => q.Class == QubeClass.DispVM && !kernel.Preloads.IsNobodys(q)));
        });
    }
}
