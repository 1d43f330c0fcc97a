using Qubes.Conversion;
using Qubes.Conversion.Files;
using Qubes.Tools.Convert;
using Qubes.Tools.Convert.Files;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Tests.Convert;

public sealed class FileTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("qubes-tools-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Theory]
    [InlineData("report.pdf", "report.trusted.pdf")]
    [InlineData("picture.tar.png", "picture.tar.trusted.pdf")]
    [InlineData("noextension", "noextension.trusted.pdf")]
    public void A_result_stands_beside_its_original(string input, string output)
    {
        ConversionPlan plan = Assert.Single(ConversionPlanner.Plan([At(input)], null));

        Assert.Equal((At(output), null), (plan.Output, plan.Refusal));
    }

    [Fact]
    public void Or_in_the_directory_named() =>
        Assert.Equal([At("a.trusted.pdf"), At("b.trusted.pdf")],
            ConversionPlanner.Plan(["/x/a.pdf", "/y/b.png"], directory).Select(plan => plan.Output));

    [Fact]
    public void Or_under_the_name_given() =>
        Assert.Equal(At("other.pdf"), Assert.Single(ConversionPlanner.Plan(["/x/a.pdf"], At("other.pdf"))).Output);

    [Fact]
    public void Several_files_cannot_become_one() =>
        Assert.Throws<UsageException>(() => ConversionPlanner.Plan(["a.pdf", "b.pdf"], At("one.pdf")));

    [Fact]
    public void A_result_never_overwrites_an_original_not_even_through_a_link()
    {
        File.WriteAllText(At("original.pdf"), "x");
        File.CreateSymbolicLink(At("link.pdf"), At("original.pdf"));

        Assert.NotNull(Assert.Single(ConversionPlanner.Plan([At("original.pdf")], At("original.pdf"))).Refusal);
        Assert.NotNull(Assert.Single(ConversionPlanner.Plan([At("original.pdf")], At("link.pdf"))).Refusal);
        Assert.NotNull(Assert.Single(ConversionPlanner.Plan([At("link.pdf")], At("./original.pdf"))).Refusal);
        Assert.NotNull(ConversionPlanner.Plan([At("a.pdf"), At("a.trusted.pdf")], null)[0].Refusal);
    }

    [Fact]
    public void Of_two_results_of_one_name_the_second_is_refused()
    {
        IReadOnlyList<ConversionPlan> plans = ConversionPlanner.Plan([At("a.pdf"), At("a.png")], null);

        Assert.Null(plans[0].Refusal);
        Assert.Contains("a.pdf", plans[1].Refusal);
    }

    [Fact]
    public void What_is_no_document_is_not_opened()
    {
        File.WriteAllText(At("empty"), "");
        using (FileStream large = File.Create(At("large")))
            large.SetLength((1L << 30) + 1);

        Assert.Contains("no such file", Refusal(At("missing")));
        Assert.Contains("directory", Refusal(directory));
        Assert.Contains("empty", Refusal(At("empty")));
        Assert.Contains("empty or no regular file", Refusal("/dev/zero"));
        Assert.Contains("1024 MiB", Refusal(At("large")));
    }

    [Fact]
    public async Task A_result_appears_whole_or_not_at_all()
    {
        await using (var dropped = OutputFile.Create(At("out.pdf")))
        {
            await dropped.Stream.WriteAsync("half"u8.ToArray());
            Assert.False(File.Exists(At("out.pdf")));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(directory));
        File.WriteAllText(At("out.pdf"), "an older one");
        await using (var kept = OutputFile.Create(At("out.pdf")))
        {
            await kept.Stream.WriteAsync("whole"u8.ToArray());
            await kept.KeepAsync(CancellationToken.None);
        }

        Assert.Equal("whole", File.ReadAllText(At("out.pdf")));
        Assert.Single(Directory.EnumerateFileSystemEntries(directory));
    }

    [Fact]
    public void A_result_without_a_place_is_refused()
    {
        Assert.Contains("does not exist", Assert.Throws<ConversionException>(() => OutputFile.Create(At("missing/out.pdf"))).Message);
        Assert.Contains("is a directory", Assert.Throws<ConversionException>(() => OutputFile.Create(directory)).Message);
        Assert.Contains("cannot be written in /proc: ", Assert.Throws<ConversionException>(() => OutputFile.Create("/proc/out.pdf")).Message);
    }

    [Fact]
    public async Task A_document_that_cannot_be_read_to_its_end_says_so()
    {
        await using FileStream unreadable = File.OpenRead("/proc/self/mem");
        await using var input = new WatchedInput(unreadable, new StageTimes(TimeProvider.System));

        Assert.Equal(0, await input.ReadAsync(new byte[10]));
        Assert.NotNull(input.Failure);
    }

    private string At(string name) => Path.Combine(directory, name);

    private static string Refusal(string path) => Assert.Throws<ConversionException>(() => InputFile.Open(path)).Message;
}
