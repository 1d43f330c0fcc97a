namespace Qubes.Daemon.Tests;

public sealed class CommandLineTests : IDisposable
{
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();
    private DaemonOptions? started;

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
    }

    [Fact]
    public async Task Without_arguments_nothing_is_decided()
    {
        Assert.Equal(7, await Run());
        Assert.Equal(new DaemonOptions(), started);
    }

    [Fact]
    public async Task Every_option_reaches_the_daemon()
    {
        await Run("--hypervisor", "simulated", "--debug", "--config", "/some/file");
        Assert.Equal(new DaemonOptions("simulated", Debug: true, "/some/file"), started);
    }

    [Theory]
    [InlineData("--hypervisor")]
    [InlineData("--unknown")]
    [InlineData("argument")]
    public async Task Wrong_arguments_start_nothing(params string[] args)
    {
        Assert.Equal(1, await Run(args));
        Assert.Null(started);
        Assert.NotEqual("", error.ToString());
    }

    [Fact]
    public async Task The_version_is_shown_alone()
    {
        Assert.Equal(0, await Run("--version"));
        Assert.Null(started);
        Assert.Matches(@"\A[0-9]+\.[0-9]+\.[0-9]+\n\z", output.ToString());
    }

    [Fact]
    public async Task Help_names_every_option()
    {
        Assert.Equal(0, await Run("--help"));
        Assert.All(["--hypervisor <NAME>", "--debug", "--config <FILE>", "--version"], option => Assert.Contains(option, output.ToString()));
    }

    private Task<int> Run(params string[] args) => CommandLine.RunAsync(args, (options, _) =>
    {
        started = options;
        return Task.FromResult(7);
    }, output, error);
}
