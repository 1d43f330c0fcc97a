using Qubes.Tools.Tests.Bench;

namespace Qubes.Tools.Tests.Notes;

public sealed class NotesTests : BenchTests
{
    private void Notes(string now, string? then = null)
    {
        Server.Ok("admin.vm.notes.Get+", "vm0", now);
        if (then is not null)
            Server.Ok("admin.vm.notes.Set+", "vm0", payload: then);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("one", "one\n")]
    [InlineData("one\n", "one\n")]
    public async Task They_are_printed_with_a_line_end(string notes, string output)
    {
        Notes(notes);
        Assert.Equal(output, (await Bench.RunAsync("qvm-notes", "-p", "vm0")).Output);
    }

    [Theory]
    [InlineData("", "new", "new")]
    [InlineData("old", "new", "old\nnew")]
    [InlineData("old\n", "new", "old\nnew")]
    public async Task What_is_appended_starts_a_line(string now, string addition, string then)
    {
        Notes(now, then);
        Assert.Equal(0, (await Bench.RunAsync("qvm-notes", "vm0", "--append", addition)).Code);
        Assert.Equal($"admin.vm.notes.Set+ dom0 name vm0\0{then}", Server.Requests.Last());
    }

    [Theory]
    [InlineData("y\n", 0)]
    [InlineData("n\n", 1)]
    [InlineData("", 1)]
    public async Task What_loses_notes_is_asked_about(string answer, int code)
    {
        Notes("old", "new");
        Bench.Input = answer;
        var result = await Bench.RunAsync("qvm-notes", "vm0", "-s", "new");
        Assert.Equal((code, "The notes of vm0 will be replaced.\nAre you sure? [y/N] "), (result.Code, result.Error));
        Assert.Equal(code == 0 ? 2 : 1, Server.Requests.Count);
    }

    [Fact]
    public async Task Force_asks_nothing()
    {
        Notes("old", "");
        Assert.Equal((0, ""), await DeleteAsync("-d", "-f"));

        async Task<(int, string)> DeleteAsync(params string[] options)
        {
            var result = await Bench.RunAsync("qvm-notes", ["vm0", .. options]);
            return (result.Code, result.Error);
        }
    }

    [Fact]
    public async Task A_file_is_imported_if_it_is_text()
    {
        Notes("", "gr\u00c3\u00bcn\n");
        var file = Bench.Root + "/notes";
        File.WriteAllText(file, "grün\n");
        Assert.Equal(0, (await Bench.RunAsync("qvm-notes", "vm0", "-i", file)).Code);
        File.WriteAllBytes(file, [0xff, 0xfe, 0x80]);
        var result = await Bench.RunAsync("qvm-notes", "vm0", "-i", file);
        Assert.Equal((1, $"qvm-notes: error: '{file}' is not UTF-8 text\n"), (result.Code, result.Error));
    }

    [Fact]
    public async Task Only_one_thing_is_done()
    {
        Notes("old");
        Assert.Equal(2, (await Bench.RunAsync("qvm-notes", "vm0", "-p", "-d")).Code);
        Assert.Empty(Server.Requests);
    }
}
