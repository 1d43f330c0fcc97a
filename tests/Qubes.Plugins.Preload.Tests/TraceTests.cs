using Qubes.Plugins.Preload.Tests.Worlds;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Preload.Tests;

/// <summary>What clients see, event by event (spec: preloaded disposables, section 12a).</summary>
public sealed class TraceTests : PreloadTest
{
    [Fact]
    public async Task Preload_one()
    {
        var name = Assert.Single(await PreloadAsync(1));

        Assert.Equal(
            [
                "T domain-feature-pre-set:preload-dispvm-max", "T domain-feature-set:preload-dispvm-max", "T domain-preload-dispvm-start",
                "- domain-add", "D domain-feature-pre-set:preload-dispvm-in-progress", "D domain-feature-set:preload-dispvm-in-progress",
                "T domain-feature-pre-set:preload-dispvm", "D property-reset:is_preload", "T domain-feature-set:preload-dispvm",
                "D domain-feature-pre-set:internal", "D domain-feature-set:internal", "D domain-create-on-disk", "D domain-pre-start",
                "D domain-pre-spawn", "D property-reset:xid", "D property-reset:stubdom_xid", "D property-reset:start_time",
                "D domain-spawn", "D domain-pre-unpaused", "D domain-unpaused", "D domain-start", "D domain-pre-paused",
                "D domain-feature-pre-set:preload-dispvm-completed", "D domain-feature-set:preload-dispvm-completed",
                "D domain-feature-pre-set:preload-dispvm-in-progress", "D domain-feature-set:preload-dispvm-in-progress",
            ],
            Trace(name));
        Assert.Contains($"{name}/qubes.WaitForRunningSystem", World.Guests.Calls);
        Assert.Equal(PowerState.Paused, await Kernel.StateAsync(name));
    }

    [Fact]
    public async Task S13_4_06_claim_a_ready_one()
    {
        var name = Assert.Single(await PreloadAsync(1));
        Kernel.Events.Clear();

        var got = await Kernel.AcquireAsync(by: "dom0");

        Assert.Equal(name, got.Name);
        Assert.Equal(
            [
                "D domain-feature-pre-set:preload-dispvm-in-progress", "D domain-feature-set:preload-dispvm-in-progress",
                "T domain-feature-pre-set:preload-dispvm", "D property-reset:is_preload", "T domain-feature-set:preload-dispvm",
                "D property-reset:is_preload", "D domain-pre-unpaused", "D domain-unpaused", "D domain-feature-pre-delete:internal",
                "D domain-feature-delete:internal", "D property-reset:is_preload",
                "D domain-feature-pre-delete:preload-dispvm-in-progress", "D domain-feature-delete:preload-dispvm-in-progress",
                "D domain-tag-add:created-by-dom0", "D domain-tag-add:disp-created-by-dom0",
            ],
            Trace(name).Where(e => e != "T domain-preload-dispvm-used"));
        await Kernel.SettleAsync();
        Assert.Contains($"dvm domain-preload-dispvm-used dispvm={name} delay=3.0", Kernel.Events);
    }

    [Fact]
    public async Task Unrequested_unpause()
    {
        var name = Assert.Single(await PreloadAsync(1));
        Kernel.Events.Clear();

        await Kernel.OnLoop(() => Kernel.Qubes.Find(name).UnpauseAsync(default));
        await Kernel.SettleAsync();

        Assert.Equal(
            [
                "D domain-pre-unpaused", "D domain-unpaused", "D domain-feature-pre-delete:internal", "D domain-feature-delete:internal",
                "T domain-feature-pre-set:preload-dispvm", "D property-reset:is_preload", "T domain-feature-set:preload-dispvm",
                "D domain-feature-pre-set:preload-dispvm-in-progress", "D domain-feature-set:preload-dispvm-in-progress",
                "T domain-preload-dispvm-used",
            ],
            Trace(name));
    }

    // The reference tells of the template's end first. Here the state never holds a disposable whose template is gone.
    [Fact]
    public async Task Removing_a_template_with_a_queued_one()
    {
        await Kernel.OnLoop(() => Kernel.Qubes.System.Set<IQube>(SystemProperties.DefaultDispvm, null));
        var name = Assert.Single(await PreloadAsync(1));
        Kernel.Events.Clear();

        await Kernel.OnLoop(() => Kernel.Qubes.RemoveAsync(Kernel.Qubes.Find("dvm"), default));

        Assert.Equal(
            [
                "- domain-pre-delete vm=dvm", $"{name} property-reset:is_preload", "dvm domain-feature-set:preload-dispvm",
                $"{name} domain-stopped", $"{name} domain-shutdown", $"- domain-pre-delete vm={name}", $"- domain-delete vm={name}",
                "- domain-delete vm=dvm",
            ],
            Kernel.Events
                .Where(e => e.Contains("-delete vm=") || e.Contains("domain-s") || e.Contains("feature-set:preload-dispvm ") || e.Contains("is_preload"))
                .Select(e => e.StartsWith("- ", StringComparison.Ordinal) ? e : string.Join(' ', e.Split(' ')[..2])));
    }

    // The daemon's own note of the template's settings is not the reference's; a pause is told when the machine tells it.
    private IEnumerable<string> Trace(string disposable) => Kernel.Events
        .Select(e => string.Join(' ', e.Split(' ')[..2]))
        .Where(e => !e.Contains("preload-dispvm-settings") && !e.EndsWith("domain-paused", StringComparison.Ordinal)
            && !e.Contains("tag-add:audiovm") && !e.Contains("tag-add:guivm") && !e.EndsWith("clone-properties", StringComparison.Ordinal))
        .Select(e => e.StartsWith(disposable + " ", StringComparison.Ordinal) ? "D" + e[disposable.Length..] : e)
        .Select(e => e.StartsWith("dvm ", StringComparison.Ordinal) ? "T" + e[3..] : e);
}
