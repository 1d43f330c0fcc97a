using Qubes.Plugins.Cloning.Tests.Worlds;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Cloning.Tests.Status;

/// <summary>The methods of the Admin API.</summary>
public sealed class MethodTests : CloningTest
{
    [Fact]
    public async Task Without_automatic_making_a_template_is_made_on_command_alone()
    {
        await Kernel.DisposeAsync();
        Kernel = await CloningKernel.StartAsync(new CloningWorld { Section = { ["build"] = "manual" } });
        Assert.False(await Kernel.IsCopiedAsync());
        await Kernel.PassAsync(60);
        Assert.Equal("none", (await Kernel.StatusAsync()).State);
        Assert.Equal("", await Kernel.CallAsync("admin.memorytemplate.Build", "dvm", "wait").WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.True(await Kernel.IsCopiedAsync());
    }

    [Fact]
    public async Task Whoever_waits_is_told_why_none_could_be_made()
    {
        World.Driver.Freezing = _ => throw new QubeException("no room");
        var refusal = await Assert.ThrowsAsync<QubesException>(
            () => Kernel.CallAsync("admin.memorytemplate.Build", "dvm", "wait").WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal("No memory template of 'dvm' could be made: no room", refusal.Message);
    }

    [Fact]
    public async Task Discarding_leaves_nothing_and_disposables_are_booted()
    {
        await Kernel.BuildAsync();
        await Kernel.StartOneAsync();
        await Kernel.CallAsync("admin.memorytemplate.Discard", "dvm");
        Assert.Empty(World.Driver.MemoryTemplates);
        Assert.Empty(World.Driver.Reserves);
        Assert.Equal(0, World.Pool.Prepared);
        Assert.Equal("none", (await Kernel.StatusAsync()).State);
        Assert.False(await Kernel.IsCopiedAsync());
    }

    [Fact]
    public async Task The_status_is_a_line_for_each_template()
    {
        await Kernel.BuildAsync();
        var lines = (await Kernel.CallAsync("admin.memorytemplate.Status", "dom0")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.StartsWith("""{"template":"dvm","state":"ready","key":""", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("""{"template":"dvm2","state":"none",""", lines[1], StringComparison.Ordinal);
        Assert.Equal(lines[0] + "\n", await Kernel.CallAsync("admin.memorytemplate.Status", "dvm"));
    }

    [Theory]
    [InlineData("admin.memorytemplate.Status", "work", "")]
    [InlineData("admin.memorytemplate.Build", "work", "")]
    [InlineData("admin.memorytemplate.Build", "dvm", "now")]
    [InlineData("admin.memorytemplate.Discard", "tmpl", "")]
    public async Task What_makes_no_sense_is_refused(string method, string destination, string argument) =>
        await Assert.ThrowsAnyAsync<QubesException>(() => Kernel.CallAsync(method, destination, argument));

    [Fact]
    public async Task A_template_whose_owner_refuses_copies_is_not_made_on_command()
    {
        await Kernel.SetAsync("dvm", "disposable-clone", "0");
        await Assert.ThrowsAsync<QubesException>(() => Kernel.CallAsync("admin.memorytemplate.Build", "dvm"));
    }
}
