using FsCheck;
using FsCheck.Fluent;
using Qubes.Kernel.Plugins.Presets;

namespace Qubes.Kernel.Tests.Plugins;

public sealed class PluginPresetsTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Without_files_nothing_is_decided() => Assert.Null(Presets().Decide("Qemu"));

    [Fact]
    public void The_first_rule_that_matches_decides()
    {
        Shipped("50.preset", "disable Q*\nenable Qemu\n");
        Assert.False(Presets().Decide("Qemu"));
        Assert.Null(Presets().Decide("AdminApi"));
    }

    [Fact]
    public void Files_come_in_the_order_of_their_names_whatever_their_directory()
    {
        Shipped("90-default.preset", "enable *\n");
        Site("10-site.preset", "disable Qemu\n");
        Shipped("05-first.preset", "disable First\n");
        Site("95-late.preset", "disable *\n");
        Assert.False(Presets().Decide("Qemu"));
        Assert.False(Presets().Decide("First"));
        Assert.True(Presets().Decide("AdminApi"));
    }

    [Fact]
    public void The_administrators_file_replaces_the_shipped_one_of_its_name()
    {
        Shipped("90-default.preset", "enable *\n");
        Site("90-default.preset", "enable Qemu\ndisable *\n");
        Assert.True(Presets().Decide("Qemu"));
        Assert.False(Presets().Decide("AdminApi"));
    }

    [Fact]
    public void A_link_to_dev_null_masks_a_shipped_file()
    {
        Shipped("90-default.preset", "enable *\n");
        File.CreateSymbolicLink(Path.Combine(directory.Sub("site"), "90-default.preset"), "/dev/null");
        Assert.Null(Presets().Decide("Qemu"));
    }

    [Fact]
    public void Other_files_do_not_count()
    {
        Shipped("90-default.preset.dpkg-old", "enable *\n");
        Assert.Null(Presets().Decide("Qemu"));
    }

    [Theory]
    [InlineData("enable Qemu", "Qemu", true)]
    [InlineData("\t enable \t Qemu \t", "Qemu", true)]
    [InlineData("disable Qemu", "Qemu", false)]
    [InlineData("enable Qemu", "qemu", null)]
    [InlineData("enable Q?mu", "Qemu", true)]
    [InlineData("enable Q?mu", "Qmu", null)]
    [InlineData("enable *.*", "Site.Scanner", true)]
    [InlineData("enable *.*", "Qemu", null)]
    public void Rules_match_as_written(string line, string name, bool? decision)
    {
        Shipped("50.preset", line);
        Assert.Equal(decision, Presets().Decide(name));
        Assert.Empty(Presets().Complaints);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("# enable Qemu")]
    [InlineData("  ; enable Qemu")]
    public void Blank_lines_and_comments_are_passed_over(string line)
    {
        Shipped("50.preset", line);
        Assert.Null(Presets().Decide("Qemu"));
        Assert.Empty(Presets().Complaints);
    }

    [Theory]
    [InlineData("enable")]
    [InlineData("enable Qemu AdminApi")]
    [InlineData("Enable Qemu")]
    [InlineData("mask Qemu")]
    [InlineData("enable [QZ]emu")]
    [InlineData("enable Qe/mu")]
    public void What_is_no_rule_is_complained_about_with_its_place(string line)
    {
        Shipped("50.preset", "\n" + line);
        Assert.Null(Presets().Decide("Qemu"));
        Assert.EndsWith("50.preset:2: not a preset rule; enable PATTERN or disable PATTERN is", Assert.Single(Presets().Complaints));
    }

    [Fact]
    public void Any_line_is_a_rule_a_blank_or_neither() => Check.QuickThrowOnFailure(Prop.ForAll((string? line) =>
        !PresetRule.TryParse(line ?? "", out var rule) || (!PresetRule.IsBlank(line!) && line!.Contains(rule.Pattern))));

    private PluginPresets Presets() =>
        PluginPresets.Read(Path.Combine(directory.Path, "site"), Path.Combine(directory.Path, "shipped"));

    private void Shipped(string file, string text) => File.WriteAllText(Path.Combine(directory.Sub("shipped"), file), text);

    private void Site(string file, string text) => File.WriteAllText(Path.Combine(directory.Sub("site"), file), text);
}
