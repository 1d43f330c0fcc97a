namespace Qubes.Daemon.Tests;

/// <summary>What a start costs that finds its scripts as they were.</summary>
public sealed class ScriptStartTests : IDisposable
{
    private const int Terminate = 15;
    private const string Compiler = "Microsoft.CodeAnalysis.CSharp.dll";

    private readonly TestRoot root = new();

    public ScriptStartTests()
    {
        root.InstallSimulation();
        root.Write("etc/qubes/scripts/one.csx", """Policy("one", v => new(1, "one"));""");
    }

    public void Dispose() => root.Dispose();

    [Fact]
    public async Task The_compiler_is_loaded_for_scripts_that_are_new_and_not_for_those_that_are_known()
    {
        Assert.Contains(Compiler, await MappedAsync());
        Assert.DoesNotContain(Compiler, await MappedAsync());
    }

    // The files that are mapped into the process when it is ready.
    private async Task<string> MappedAsync()
    {
        await using var daemon = new DaemonProcess(root, ["--hypervisor", "simulated"]);
        Assert.Equal("qubesd: ready", await daemon.NextLine());
        var mapped = await File.ReadAllTextAsync($"/proc/{daemon.Id}/maps");
        daemon.Signal(Terminate);
        var (_, _, error) = await daemon.End();
        Assert.Contains("Script one is active: policy one", error);
        return mapped;
    }
}
