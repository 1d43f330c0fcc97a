using FsCheck;
using FsCheck.Fluent;
using Qubes.Plugins.Templates.Recipes;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Templates.Tests.Recipes;

public sealed class RecipeReaderTests
{
    private const string Path = "/etc/qubes/recipes/mine.yaml";
    private const string Start = "name: mine\nsuite: bookworm\n";

    [Fact]
    public void Every_key_is_read()
    {
        var recipe = RecipeReader.Parse(Path, """
            name: mine
            description: A recipe
            suite: bookworm
            packages: [poppler-utils, g++, libstdc++6]
            services:
              - dz.Convert
            files:
              - { source: files/a.conf, target: /etc/a.conf, mode: 0640 }
              - { source: b, target: /usr/bin/b }
            root_size: 3G
            private_size: 512M
            memory: 700
            user: reader
            post:
              - fc-cache -f
            """);

        Assert.Equal(("mine", "A recipe", "bookworm"), (recipe.Name, recipe.Description, recipe.Suite));
        Assert.Equal(["poppler-utils", "g++", "libstdc++6"], recipe.Packages);
        Assert.Equal(["dz.Convert"], recipe.Services);
        Assert.Equal(
            [
                new RecipeFile("/etc/qubes/recipes/files/a.conf", "/etc/a.conf", (UnixFileMode)0x1A0),
                new RecipeFile("/etc/qubes/recipes/b", "/usr/bin/b", (UnixFileMode)0x1A4),
            ], recipe.Files);
        Assert.Equal((3L << 30, 512L << 20, 700, "reader"), (recipe.RootSize, recipe.PrivateSize, recipe.Memory, recipe.User));
        Assert.Equal(["fc-cache -f"], recipe.Post);
    }

    [Fact]
    public void What_is_left_out_has_defaults()
    {
        var recipe = RecipeReader.Parse(Path, Start);

        Assert.Equal((4L << 30, null, 400, "user"), (recipe.RootSize, recipe.PrivateSize, recipe.Memory, recipe.User));
        Assert.Empty(recipe.Packages);
        Assert.Empty(recipe.Services);
        Assert.Empty(recipe.Files);
        Assert.Empty(recipe.Post);
    }

    [Theory]
    [InlineData("suite: bookworm", "mine.yaml:1: 'name' is missing")]
    [InlineData("name: mine", "mine.yaml:1: 'suite' is missing")]
    [InlineData("name: other\nsuite: bookworm", "mine.yaml:1: 'name' is 'other', which the file must be called after")]
    [InlineData("name: 9mine\nsuite: bookworm", "mine.yaml:1: 'name' takes a letter and at most 26 more")]
    [InlineData("name: mine\nsuite: ../x", "mine.yaml:2: 'suite' takes a release such as 'bookworm', not '../x'")]
    [InlineData(Start + "color: red", "mine.yaml:3: unknown key 'color'; known are name, description")]
    [InlineData(Start + "packages: poppler", "mine.yaml:3: 'packages' takes a list")]
    [InlineData(Start + "packages: [--allow-untrusted]", "mine.yaml:3: 'packages' takes names of Debian packages, not '--allow-untrusted'")]
    [InlineData(Start + "packages: [perl-]", "names of Debian packages, not 'perl-'")]
    [InlineData(Start + "packages: [perl=1]", "names of Debian packages")]
    [InlineData(Start + "packages:\n  - perl\n  - perl", "mine.yaml:5: 'packages' names 'perl' twice")]
    [InlineData(Start + "packages: [[perl]]", "names of Debian packages, not 'a list'")]
    [InlineData(Start + "services: [a/b]", "mine.yaml:3: 'services' takes names of services")]
    [InlineData(Start + "root_size: 3", "mine.yaml:3: 'root_size' takes a number and M or G, from 64M to 1024G, not '3'")]
    [InlineData(Start + "root_size: 63M", "'root_size' takes")]
    [InlineData(Start + "root_size: 1025G", "'root_size' takes")]
    [InlineData(Start + "root_size: -1G", "'root_size' takes")]
    [InlineData(Start + "root_size: 99999999999999999999G", "'root_size' takes")]
    [InlineData(Start + "root_size: G", "'root_size' takes")]
    [InlineData(Start + "private_size: 15M", "'private_size' takes a number and M or G, from 16M")]
    [InlineData(Start + "memory: 63", "mine.yaml:3: 'memory' takes MiB from 64 to 1048576, not '63'")]
    [InlineData(Start + "memory: 1G", "'memory' takes MiB")]
    [InlineData(Start + "memory: [1]", "'memory' takes MiB")]
    [InlineData(Start + "user: root", "mine.yaml:3: 'user' takes a user other than root")]
    [InlineData(Start + "user: a:b", "'user' takes a user other than root")]
    [InlineData(Start + "post: [[a]]", "mine.yaml:3: 'post' takes shell commands")]
    [InlineData(Start + "files: [x]", "mine.yaml:3: 'files' takes keys and values")]
    [InlineData(Start + "files: [{source: a}]", "mine.yaml:3: a file needs 'target'")]
    [InlineData(Start + "files: [{target: /a}]", "a file needs 'source'")]
    [InlineData(Start + "files: [{source: a, target: /a, owner: me}]", "unknown key 'owner'")]
    [InlineData(Start + "files: [{source: /etc/shadow, target: /a}]", "'source' takes a path relative to the recipe's folder")]
    [InlineData(Start + "files: [{source: ../a, target: /a}]", "'source' takes a path relative")]
    [InlineData(Start + "files: [{source: a, target: a}]", "'target' takes an absolute path")]
    [InlineData(Start + "files: [{source: a, target: /a/../b}]", "'target' takes an absolute path")]
    [InlineData(Start + "files: [{source: a, target: /}]", "'target' takes an absolute path")]
    [InlineData(Start + "files: [{source: a, target: /run/a}]", "'target' cannot be below /run")]
    [InlineData(Start + "files: [{source: a, target: /a},{source: b, target: /a}]", "'/a' is the target of two files")]
    [InlineData(Start + "files: [{source: a, target: /a, mode: 4755}]", "'mode' takes three octal digits")]
    [InlineData(Start + "files: [{source: a, target: /a, mode: 888}]", "'mode' takes three octal digits")]
    [InlineData("", "a recipe is one YAML document, not 0")]
    [InlineData("--- a\n--- b", "a recipe is one YAML document, not 2")]
    [InlineData("[a]", "'the recipe' takes keys and values")]
    [InlineData("a: b: c", "mine.yaml:1: not YAML")]
    [InlineData("name: mine\nname: mine", "not YAML")]
    [InlineData("a: *b", "not YAML")]
    [InlineData("\t: *a", "not YAML")]
    public void A_wrong_recipe_is_refused_with_the_line_and_what_is_accepted(string text, string part)
    {
        var refusal = Assert.Throws<QubesException>(() => RecipeReader.Parse(Path, text));

        Assert.StartsWith("/etc/qubes/recipes/", refusal.Message);
        Assert.Contains(part, refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("- ")]
    [InlineData("? ")]
    public void Deep_nesting_is_refused_before_it_costs_the_stack(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, RecipeReader.LargestFile / piece.Length));

        Assert.Contains("nested too deeply", Assert.Throws<QubesException>(() => RecipeReader.Parse(Path, text)).Message);
    }

    [Fact]
    public void Any_text_is_read_or_refused()
    {
        var words = Gen.Elements("name: ", "mine", "\n", "- ", "suite: ", "files: ", "{", "}", "[", "]", "&a ", "*a", "4G", "'", "\t", ": ", "|", "\u0007");
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.ListOf(words).Select(string.Concat).ToArbitrary(), text =>
        {
            try
            {
                RecipeReader.Parse(Path, text);
            }
            catch (QubesException e)
            {
                Assert.DoesNotContain(e.Message, char.IsControl);
            }
        }));
    }
}
