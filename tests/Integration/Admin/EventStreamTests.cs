using System.Net.Sockets;
using System.Text;

namespace Qubes.Integration.Tests.Admin;

/// <summary>What listeners of a real daemon see, and in which order.</summary>
public sealed class EventStreamTests : IAsyncLifetime
{
    private Testbed.Daemon daemon = null!;

    public async Task InitializeAsync()
    {
        daemon = await AdminSocket.StartDaemonAsync();
        await daemon.AddKernelAsync();
        _ = (await daemon.CallAsync("admin.vm.Create.TemplateVM", payload: "name=tmpl label=black")).Ok;
    }

    public async Task DisposeAsync() => await daemon.DisposeAsync();

    [Fact]
    public async Task A_qube_is_heard_from_its_addition_to_its_removal_and_nothing_before_or_after()
    {
        using EventListener events = await EventListener.OpenAsync(daemon);
        _ = (await daemon.CallAsync("admin.vm.Create.AppVM+tmpl", payload: "name=work label=red")).Ok;
        _ = (await daemon.CallAsync("admin.vm.Remove", "work")).Ok;
        _ = (await daemon.CallAsync("admin.vm.tag.Set+end", "tmpl")).Ok;

        IReadOnlyList<string> names = await events.NamesUntilAsync("domain-tag-add:end");
        Assert.Equal("domain-add", names[0]);
        Assert.Equal(
            ["domain-tag-add:created-by-dom0", "domain-create-on-disk", "domain-pre-delete", "domain-delete", "domain-tag-add:end"],
            names.Where(n => n.StartsWith("domain-", StringComparison.Ordinal)).Skip(1));
        Assert.DoesNotContain(names, n => n.StartsWith("admin-permission:", StringComparison.Ordinal) || n is "domain-init" or "domain-load");
    }

    [Fact]
    public async Task An_event_that_another_one_brings_about_comes_first()
    {
        _ = (await daemon.CallAsync("admin.vm.Create.AppVM+tmpl", payload: "name=work label=red")).Ok;
        using EventListener events = await EventListener.OpenAsync(daemon, "work");
        _ = (await daemon.CallAsync("admin.vm.property.Set+label", "work", "blue")).Ok;
        Assert.Equal(
            ["property-pre-set:label", "property-reset:icon", "property-set:label"], await events.NamesUntilAsync("property-set:label"));
    }

    [Fact]
    public async Task A_listener_to_one_qube_is_told_of_no_other_and_not_of_the_system()
    {
        _ = (await daemon.CallAsync("admin.vm.Create.AppVM+tmpl", payload: "name=work label=red")).Ok;
        using EventListener events = await EventListener.OpenAsync(daemon, "work");
        _ = (await daemon.CallAsync("admin.vm.tag.Set+other", "tmpl")).Ok;
        _ = (await daemon.CallAsync("admin.property.Set+default_template", payload: "tmpl")).Ok;
        _ = (await daemon.CallAsync("admin.vm.Create.AppVM+tmpl", payload: "name=second label=red")).Ok;
        _ = (await daemon.CallAsync("admin.vm.tag.Set+mine", "work")).Ok;
        Assert.Equal("1|work|domain-tag-add:mine|tag|mine||", await events.NextAsync());
    }

    [Fact]
    public async Task A_run_of_a_qube_is_told_in_order()
    {
        _ = (await daemon.CallAsync("admin.vm.Create.StandaloneVM", payload: "name=alone label=red")).Ok;
        using EventListener events = await EventListener.OpenAsync(daemon, "alone");
        _ = (await daemon.CallAsync("admin.vm.Start", "alone")).Ok;
        _ = (await daemon.CallAsync("admin.vm.Kill", "alone")).Ok;
        string[] told = [.. (await events.NamesUntilAsync("domain-shutdown")).Where(n => n.StartsWith("domain-", StringComparison.Ordinal))];
        Assert.Equal(
            ["domain-pre-start", "domain-pre-spawn", "domain-spawn", "domain-pre-unpaused", "domain-unpaused", "domain-start",
                "domain-stopped", "domain-shutdown"],
            told);
    }

    [Fact]
    public async Task Listeners_that_leave_do_not_stay_in_the_daemon()
    {
        int before = Descriptors();
        var listeners = new List<EventListener>();
        for (int i = 0; i < 100; i++)
            listeners.Add(await EventListener.OpenAsync(daemon));
        Assert.InRange(Descriptors(), before + 100, int.MaxValue);
        listeners.ForEach(l => l.Dispose());

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (Descriptors() > before + 10)
            _ = (await daemon.CallAsync("admin.vm.List").WaitAsync(patience.Token)).Ok;
    }

    [Fact]
    public async Task A_listener_that_never_reads_is_let_go_and_costs_the_others_nothing()
    {
        using Socket idle = await daemon.ConnectAsync();
        await idle.SendAsync(Encoding.ASCII.GetBytes("admin.Events+ dom0 name dom0\0"));
        idle.Shutdown(SocketShutdown.Send);
        using EventListener events = await EventListener.OpenAsync(daemon, "tmpl");
        string value = new('x', 30_000);
        const int Rounds = 200;
        for (int i = 0; i < Rounds; i++)
        {
            _ = (await daemon.CallAsync("admin.vm.feature.Set+big", "tmpl", value)).Ok;
            Assert.StartsWith("1|tmpl|domain-feature-set:big|", await events.UntilAsync("domain-feature-set:big"), StringComparison.Ordinal);
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        long received = 0;
        byte[] buffer = new byte[1 << 16];
        try
        {
            while (await idle.ReceiveAsync(buffer.AsMemory(), patience.Token) is > 0 and int read)
                received += read;
        }
        catch (SocketException)
        {
            // Let go with something unsent.
        }
        Assert.InRange(received, 0, (long)value.Length * Rounds);
    }

    private int Descriptors() => Directory.GetFiles($"/proc/{daemon.ProcessId}/fd").Length;
}
