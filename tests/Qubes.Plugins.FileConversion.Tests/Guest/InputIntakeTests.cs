using System.Text;
using Qubes.Convert.Guest;
using Qubes.Convert.Guest.Calls;
using Qubes.Convert.Guest.Input;
using Qubes.Plugins.FileConversion.Tests.Running;

namespace Qubes.Plugins.FileConversion.Tests.Guest;

public sealed class InputIntakeTests
{
    [Theory]
    [InlineData("--password=open sesame\nrest", "open sesame", "rest")]
    [InlineData("--password=\nrest", "", "rest")]
    [InlineData("--passwort=x\nrest", null, "--passwort=x\nrest")]
    [InlineData("%PDF", null, "%PDF")]
    [InlineData("", null, "")]
    public void A_password_is_a_first_line_of_its_own_and_the_rest_is_the_file(string input, string? password, string file)
    {
        using var directory = new TemporaryDirectory();
        string path = directory.File("input");

        Assert.Equal(password, InputIntake.ReceiveWithPassword(Bytes(input), path));
        Assert.Equal(file, File.ReadAllText(path));
    }

    [Fact]
    public void A_line_without_an_end_is_refused()
    {
        Assert.Throws<ConversionException>(() => InputIntake.ReadLine(Bytes("no line feed")));
        Assert.Throws<ConversionException>(() => InputIntake.ReadLine(Bytes(new string('x', 5000) + "\n")));
    }

    [Fact]
    public void An_input_that_cannot_be_read_has_status_1()
    {
        using var directory = new TemporaryDirectory();
        using FileStream unreadable = File.OpenRead("/proc/self/mem");

        Assert.Equal(ConversionStatus.InputUnreadable,
            Assert.Throws<ConversionException>(() => InputIntake.Receive(unreadable, directory.File("input"))).Status);
    }

    [Theory]
    [InlineData("dz.Convert", "/x/anything", "", "dz.Convert", "")]
    [InlineData("qubes.PdfConvert+150", "/x/anything", "", "qubes.PdfConvert", "150")]
    [InlineData("qubes.PdfConvert+", "/x/anything", "300", "qubes.PdfConvert", "")]
    [InlineData(null, "/etc/qubes-rpc/qubes.PdfConvert", "200", "qubes.PdfConvert", "200")]
    [InlineData("", "dz.Convert", "", "dz.Convert", "")]
    public void A_service_is_told_by_the_agents_word_or_the_programs_name(
        string? fullName, string program, string argument, string name, string expected)
    {
        string[] arguments = argument.Length == 0 ? [] : [argument];

        Assert.Equal(new ServiceCall(name, expected), ServiceCall.Identify(fullName, program, arguments));
    }

    [Fact]
    public async Task Another_service_is_refused_with_the_names_of_ours()
    {
        GuestAnswer answer = await GuestProgram.RunAsync("qubes.OpenInVM", []);

        Assert.Equal(2, answer.Status);
        Assert.Contains("dz.Convert, qubes.PdfConvert or qubes.GetImageRGBA", answer.Errors);
    }

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));
}
