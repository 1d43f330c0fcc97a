using Qubes.Kernel.Scripts.Running;
using Qubes.Scripts.Tests.Worlds;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;
using Qubes.Sdk.Scripting;

namespace Qubes.Scripts.Tests.Running;

/// <summary>Broken scripts, each contained with a clear state.</summary>
public sealed class ContainmentTests : IAsyncLifetime
{
    private static readonly ScriptBudgets Short = new()
    {
        Start = TimeSpan.FromSeconds(2),
        Handler = TimeSpan.FromMilliseconds(300),
        Decision = TimeSpan.FromMilliseconds(300),
        Patience = TimeSpan.FromMilliseconds(200),
        Grace = TimeSpan.FromMilliseconds(300),
        Memory = 16 << 20,
        Failures = 3,
    };

    private ScriptWorld world = null!;

    public async Task InitializeAsync() => world = await ScriptWorld.StartAsync(Short);

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task A_syntax_error_is_told_with_its_place()
    {
        var status = await world.WriteAsync("broken", "\nvar x = ;\n");
        Assert.Equal(ScriptState.Malfunctioned, status.State);
        Assert.Equal($"{world.Own}/broken.csx:2:9: Invalid expression term ';' (CS1525)", status.Message);
    }

    [Fact]
    public async Task An_error_in_a_loaded_file_is_told_with_that_files_place()
    {
        Directory.CreateDirectory(world.Own + "/parts");
        File.WriteAllText(world.Own + "/parts/sums.csx", "int Twice(int x) => x * two;");
        var status = await world.WriteAsync("sum", "#load \"parts/sums.csx\"\nPolicy(\"sum\", v => new(Twice(1), \"\"));");
        Assert.StartsWith($"{world.Own}/parts/sums.csx:1:25: ", status.Message);
    }

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("while (true) { try { while (true) { } } catch { } }")]
    [InlineData("while (true) { try { } finally { int.Parse(\"1\"); } }")]
    [InlineData("again: goto again;")]
    [InlineData("Enumerable.Range(0, int.MaxValue).Select(x => (long)x).Concat(Endless()).Sum(); IEnumerable<long> Endless() { while (true) yield return 0; }")]
    public async Task A_policy_that_does_not_end_is_switched_off_and_its_last_decision_holds(string endless)
    {
        await world.WriteAsync("loop", $$"""
            Policy("loop", v => { if (v.Max == 3) { {{endless}} } return new(2, "two"); });
            """);
        Assert.Null((await world.StatusAsync("loop")).Message);
        Assert.Equal(2, (await world.AskAsync("loop", await world.ViewAsync(max: 4))).Count);

        await world.OnLoop(() => world.Policy("loop")!.TargetOf(View(max: 3)));
        await world.UntilAsync(() => world.Host.All.Single().State == ScriptState.Malfunctioned);

        Assert.Equal("switched off: policy loop took longer than 0.3 s", (await world.StatusAsync("loop")).Message);
        var held = await world.OnLoop(() => world.Policy("loop")!.TargetOf(View(max: 3)));
        Assert.Equal((2, "two", "its script loop is switched off: policy loop took longer than 0.3 s"), (held.Count, held.Reason, held.Fault));
        await AssertNoThreadAsync("script loop");
    }

    [Fact]
    public async Task What_does_not_come_back_from_dotnet_itself_is_left_behind_and_the_daemon_goes_on()
    {
        await world.WriteAsync("away", """
            Policy("away", v => new(v.Max == 3 ? Enumerable.Repeat(1, int.MaxValue).Concat(Enumerable.Repeat(2, 9)).Max() : 2, "two"));
            """);
        await world.AskAsync("away", await world.ViewAsync(max: 4));

        await world.OnLoop(() => world.Policy("away")!.TargetOf(View(max: 3)));
        await world.UntilAsync(() => world.Host.All.Single().State == ScriptState.Malfunctioned);

        Assert.Equal(2, (await world.OnLoop(() => world.Policy("away")!.TargetOf(View(max: 3)))).Count);
        await world.WriteAsync("away", """Policy("away", v => new(1, "mended"));""");
        Assert.Equal(ScriptState.Active, (await world.StatusAsync("away")).State);
    }

    [Theory]
    [InlineData("var all = new List<byte[]>(); while (true) all.Add(new byte[1 << 16]);", true)]
    [InlineData("var text = \"\"; while (true) text += text + \"x\";", true)]
    [InlineData("var all = new byte[1 << 30];", false)]
    public async Task A_policy_that_allocates_without_end_is_switched_off(string greedy, bool isLoop)
    {
        await world.WriteAsync("greedy", $$"""Policy("greedy", v => { if (v.Max == 3) { {{greedy}} } return new(2, "two"); });""");
        await world.AskAsync("greedy", await world.ViewAsync(max: 4));

        await world.OnLoop(() => world.Policy("greedy")!.TargetOf(View(max: 3)));
        await world.UntilAsync(() => world.Host.All.Single().State == ScriptState.Malfunctioned);

        Assert.Equal("switched off: it allocates more than 16 MiB at once", (await world.StatusAsync("greedy")).Message);
        Assert.True(isLoop || GC.GetTotalMemory(false) < 1 << 30);
    }

    [Fact]
    public async Task A_recursion_without_end_is_an_exception_of_the_script_not_the_end_of_the_daemon()
    {
        await world.WriteAsync("deep", """int Deep(int x) => Deep(x + 1) + 1; Policy("deep", v => new(Deep(0), ""));""");
        var target = await world.AskAsync("deep");
        Assert.Contains("deep.csx:1:20: InsufficientExecutionStackException", target.Fault);
    }

    [Fact]
    public async Task An_exception_keeps_the_last_decision_and_is_told_with_its_place()
    {
        await world.WriteAsync("throws", """
            Policy("throws", v =>
            {
                if (v.Max == 3)
                    throw new InvalidTimeZoneException("no sun");
                return new(v.Max == 2 ? 7 : 1, "one");
            });
            """);
        Assert.Equal((1, null), ((await world.AskAsync("throws")).Count, (await world.AskAsync("throws")).Fault));

        var held = await DecideAsync("throws", max: 3);
        Assert.Equal((1, $"{world.Own}/throws.csx:4:9: InvalidTimeZoneException: no sun"), (held.Count, held.Fault));
        held = await DecideAsync("throws", max: 2);
        Assert.Equal((1, "it wants 7, which is not within 0 to 2"), (held.Count, held.Fault));
        held = await DecideAsync("throws", max: 5);
        Assert.Equal((1, null), (held.Count, held.Fault));
        Assert.Equal((ScriptState.Active, 2), ((await world.StatusAsync("throws")).State, (await world.StatusAsync("throws")).Faults));
    }

    [Fact]
    public async Task A_script_that_keeps_failing_is_switched_off()
    {
        await world.WriteAsync("sick", """On<FeatureSet>(e => throw new InvalidOperationException("again"));""");
        await world.OnLoop(() =>
        {
            for (var i = 0; i < 3; i++)
                world.Qubes.Find("work").Features.Set("a", $"{i}");
        });
        await world.UntilAsync(() => world.Host.All.Single().State == ScriptState.Malfunctioned);
        Assert.StartsWith("switched off: it failed 3 times in a row; the last time, handler of FeatureSet: ", (await world.StatusAsync("sick")).Message);
        await world.OnLoop(() => world.Qubes.Find("work").Features.Set("a", "still works"));
    }

    [Fact]
    public async Task A_handler_that_hangs_holds_up_nobody_and_is_switched_off()
    {
        await world.WriteAsync("hang", """On<FeatureSet>(e => { while (true) { } });""");
        var began = TimeProvider.System.GetTimestamp();
        await world.OnLoop(() => world.Qubes.Find("work").Features.Set("a", "1"));
        Assert.True(TimeProvider.System.GetElapsedTime(began) < Short.Handler);
        await world.UntilAsync(() => world.Host.All.Single().State == ScriptState.Malfunctioned);
    }

    [Fact]
    public async Task A_refusal_that_hangs_refuses_no_setting_and_is_switched_off()
    {
        await world.WriteAsync("hang", """Refuse<FeatureSetting>(e => { while (true) { } });""");
        await world.OnLoop(() => world.Qubes.Find("work").Features.Set("a", "1"));
        await world.UntilAsync(() => world.Host.All.Single().State == ScriptState.Malfunctioned);
        Assert.Equal("1", await world.OnLoop(() => world.Qubes.Find("work").Features["a"]));
    }

    [Fact]
    public async Task While_a_script_that_decides_about_calls_is_broken_only_the_host_may_call()
    {
        await world.WriteAsync("guard", """Refuse<AdminPermission>(c => { while (true) { } });""");
        await world.OnLoop(() => world.Bus.Fire(Call("dom0")));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => world.OnLoop(() => world.Bus.Fire(Call("work"))));
        await world.UntilAsync(() => world.Host.All.Single().State == ScriptState.Malfunctioned);

        var refusal = await Assert.ThrowsAsync<PermissionDeniedException>(() => world.OnLoop(() => world.Bus.Fire(Call("work"))));
        Assert.Equal("admin.vm.List is refused: the script guard, which decides about it, does not work", refusal.Message);
        await world.OnLoop(() => world.Bus.Fire(Call("dom0")));

        await world.WriteAsync("guard", """Refuse<AdminPermission>(c => null);""");
        await world.OnLoop(() => world.Bus.Fire(Call("work")));
    }

    [Theory]
    [InlineData("while (true) { }", "its top level took longer than 2 s")]
    [InlineData("throw new Exception(\"no\");", "Exception: no")]
    [InlineData("await System.Threading.Tasks.Task.Yield();", "its top level awaits something")]
    [InlineData("Policy(\"Upper\", v => new(0, \"\"));", "A policy's name has small letters")]
    [InlineData("Policy(\"static\", v => new(0, \"\"));", "is none of ours")]
    public async Task A_top_level_that_fails_makes_no_script(string text, string why)
    {
        var status = await world.WriteAsync("bad", text);
        Assert.Equal(ScriptState.Malfunctioned, status.State);
        Assert.Contains(why, status.Message);
        Assert.Empty(status.Offers);
    }

    [Theory]
    [InlineData("#r \"Mono.Cecil\"")]
    [InlineData("#r \"/usr/lib/evil.dll\"")]
    [InlineData("#r \"nuget: Newtonsoft.Json, 13.0.1\"")]
    [InlineData("#r \"Qubes.Kernel\"")]
    public async Task A_reference_that_is_not_allowed_is_refused(string text)
    {
        var status = await world.WriteAsync("reference", text);
        Assert.Equal(
            $"{world.Own}/reference.csx:1:1: #r is refused: a script may refer to Qubes.Sdk and to the assemblies of .NET, by name", status.Message);
    }

    [Theory]
    [InlineData("#r \"Qubes.Sdk\"")]
    [InlineData("#r \"System.Collections.Immutable.dll\"")]
    public async Task A_reference_that_is_allowed_is_taken(string text) =>
        Assert.Equal(ScriptState.Active, (await world.WriteAsync("reference", text + "\nvar x = 1;")).State);

    [Theory]
    [InlineData("new System.Threading.Thread(() => { }).Start();", "System.Threading.Thread")]
    [InlineData("System.Environment.FailFast(\"x\");", "System.Environment.FailFast")]
    [InlineData("System.Threading.Tasks.Task.Run(() => { });", "System.Threading.Tasks.Task.Run")]
    [InlineData("new System.Threading.SemaphoreSlim(0).Wait();", "System.Threading.SemaphoreSlim")]
    [InlineData("On<QubeStarted>(async e => await e.Qube.PauseAsync(default));", "System.Runtime.CompilerServices.TaskAwaiter.GetResult")]
    [InlineData("On<QubeStarted>(e => e.Qube.PauseAsync(default).Wait());", "System.Threading.Tasks.Task.Wait")]
    [InlineData("System.Diagnostics.Process.Start(\"true\");", "System.Diagnostics.Process")]
    [InlineData("typeof(string).GetMethods();", "System.Reflection.MethodInfo")]
    [InlineData("[System.Runtime.InteropServices.DllImport(\"libc\")] static extern int getpid(); getpid();", "the native method getpid")]
    public async Task What_would_outlive_a_script_is_refused(string text, string what)
    {
        var status = await world.WriteAsync("outlive", text);
        Assert.Equal(ScriptState.Malfunctioned, status.State);
        Assert.Contains(what, status.Message);
    }

    private AdminPermission Call(string caller) => new(world.Qubes.Find(caller), "admin.vm.List", world.Qubes.AdminVm, "", default);

    private PreloadView View(int max) => new(
        world.Qubes.Find("dvm"), max, 0, 0, new DateTimeOffset(2026, 3, 4, 10, 0, 0, TimeSpan.Zero), new([], new double[24]), null, 400 << 20);

    private Task<PreloadTarget> DecideAsync(string policy, int max) => world.AskAsync(policy, View(max), isNews: true);

    private static async Task AssertNoThreadAsync(string name)
    {
        // The kernel cuts names of threads after 15 bytes.
        for (var i = 0; i < 500 && ThreadNames().Contains(name[..Math.Min(15, name.Length)]); i++)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        Assert.DoesNotContain(name[..Math.Min(15, name.Length)], ThreadNames());
    }

    private static List<string> ThreadNames() => [.. Directory.EnumerateDirectories("/proc/self/task").Select(t =>
    {
        try
        {
            return File.ReadAllText(t + "/comm").Trim();
        }
        catch (IOException)
        {
            return ""; // It has ended meanwhile.
        }
    })];
}
