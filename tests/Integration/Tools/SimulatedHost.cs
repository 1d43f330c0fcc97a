using Qubes.Integration.Tests.Harness;

namespace Qubes.Integration.Tests.Tools;

/// <summary>A daemon whose machines are simulated, with a template and a qube: all of the tools' work but what runs in guests.</summary>
public abstract class SimulatedHost(SimulatedDaemon host) : IClassFixture<SimulatedDaemon>, IAsyncLifetime
{
    internal Testbed.Daemon Daemon => host.Daemon;

    public async Task InitializeAsync()
    {
        await OkAsync("qvm-create", "-C", "TemplateVM", "-l", "black", "tmpl");
        await OkAsync("qvm-create", "-t", "tmpl", "-l", "red", "work");
    }

    public Task DisposeAsync() => host.ClearAsync();

    /// <summary>Runs a tool that must succeed and say nothing on standard error.</summary>
    private protected async Task<string> OkAsync(string tool, params string[] arguments)
    {
        var result = await Daemon.RunAsync(tool, arguments);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Text;
    }

    private protected async Task<(int Code, string Error)> FailAsync(string tool, params string[] arguments)
    {
        var result = await Daemon.RunAsync(tool, arguments);
        Assert.Equal("", result.Text);
        return (result.ExitCode, result.Error);
    }
}
