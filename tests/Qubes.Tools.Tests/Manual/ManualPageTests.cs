using System.CommandLine;
using System.Diagnostics;
using Qubes.Tools.Applets;
using Qubes.Tools.Manual;

namespace Qubes.Tools.Tests.Manual;

public sealed class ManualPageTests
{
    public static TheoryData<string> Names => [.. AppletRegistry.Names];

    private static string Page(string name)
    {
        var text = new StringWriter();
        new ManualPage(AppletRegistry.Make(name), "2026-01-31").WriteTo(text);
        return text.ToString();
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Every_page_is_free_of_what_a_checker_finds(string name)
    {
        using var process = Process.Start(new ProcessStartInfo("mandoc", ["-T", "lint"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        await process.StandardInput.WriteAsync(Page(name));
        process.StandardInput.Close();
        Assert.Equal("", await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync());
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_option_is_explained(string name)
    {
        var page = Page(name);
        var command = AppletCommand.Make(AppletRegistry.Make(name), new CommonOptions());
        foreach (var option in command.Subcommands.SelectMany(part => part.Options).Concat(command.Options).Where(option => !option.Hidden))
        {
            Assert.False(string.IsNullOrEmpty(option.Description), $"{name} {option.Name}");
            Assert.Contains($"\\fB{option.Name.Replace("-", "\\-")}\\fR", page);
        }
    }

    [Fact]
    public void A_page_says_what_commands_are_called_and_what_defaults_are()
    {
        Assert.Contains(".SS \"list (also: ls, l)\"\n", Page("qvm-volume"));
        Assert.Contains("Column to sort by (default: NAME).\n", Page("qvm-ls"));
        Assert.Contains("\\fBqvm\\-open\\-in\\-vm\\fR [\\fIOPTION\\fR...] \\fIVMNAME\\fR \\fIFILE\\fR\n", Page("qvm-open-in-vm"));
        Assert.Contains(".TH QVM-CHECK 1 2026-01-31 ", Page("qvm-check"));
        Assert.Contains("\\fB3\\fR\nsome are, some are not.\n", Page("qvm-check"));
    }

    [Theory]
    [InlineData("a-b\\c'd\"e`f^g~h…é", "a\\-b\\ec\\(aqd\\(dqe\\(gaf\\(hag\\(tih...\\[u00E9]")]
    public void What_means_something_to_the_formatter_is_escaped(string text, string escaped) => Assert.Equal(escaped, Roff.Escape(text));

    [Fact]
    public void A_line_that_starts_like_a_request_is_text()
    {
        var text = new StringWriter();
        new Roff(text).Text(".so /etc/passwd");
        Assert.Equal("\\&.so /etc/passwd\n", text.ToString());
    }
}
