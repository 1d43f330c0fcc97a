using Qubes.Daemon.Interchange;

namespace Qubes.Daemon.Tests;

public sealed class InterchangeCommandLineTests : IDisposable
{
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();
    private InterchangeOptions? asked;

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
    }

    [Fact]
    public async Task A_file_is_imported_unless_said_otherwise()
    {
        Assert.Equal(7, await Run("a.xml"));
        Assert.Equal(new("a.xml", Exports: false, IsDry: false), asked);
        await Run("--dry-run", "a.xml");
        Assert.Equal(new("a.xml", Exports: false, IsDry: true), asked);
        await Run("--export", "-");
        Assert.Equal(new("-", Exports: true, IsDry: false), asked);
        Assert.Equal("", error.ToString());
    }

    [Theory]
    [InlineData("Required argument 'FILE'")]
    [InlineData("'b'", "a", "b")]
    [InlineData("There is no option '--merge'; a FILE of that name is './--merge'", "--merge")]
    [InlineData("An import needs the name of a FILE", "-")]
    [InlineData("--dry-run is of imports", "--dry-run", "--export", "a")]
    public async Task Wrong_arguments_are_told_in_one_line_and_end_with_2(string reason, params string[] args)
    {
        Assert.Equal(2, await Run(args));
        Assert.Null(asked);
        var line = Assert.Single(error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("qubesd-import: ", line, StringComparison.Ordinal);
        Assert.Contains(reason, line, StringComparison.Ordinal);
        Assert.Equal("", output.ToString());
    }

    [Fact]
    public async Task Help_names_the_program_and_every_option()
    {
        Assert.Equal(0, await Run("--help"));
        Assert.All(["qubesd-import <FILE>", "--export", "--dry-run"], part => Assert.Contains(part, output.ToString(), StringComparison.Ordinal));
    }

    private Task<int> Run(params string[] args) => InterchangeCommandLine.RunAsync(args, options =>
    {
        asked = options;
        return Task.FromResult(7);
    }, output, error);
}
