using Qubes.Integration.Tests.Harness;
using Qubes.Testbed;

namespace Qubes.Integration.Tests.Conversion;

/// <summary>
/// A converter inside that has been taken over: a disposable template whose own <c>dz.Convert</c> does what the input's first
/// line says. At worst its own conversion fails.
/// </summary>
[Collection(RealMachines.Name)]
public sealed class HostileGuestTests(DisposableHost host) : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("qx-hostile");

    private Daemon Daemon => host.Daemon;

    public async Task InitializeAsync() => await HostileTemplate.EnsureAsync(Daemon);

    public async Task DisposeAsync()
    {
        Assert.Equal(["in.txt"], folder.EnumerateFileSystemInfos().Select(f => f.Name));
        folder.Delete(recursive: true);
        Assert.Empty(await Traces.OfDisposablesAsync(Daemon));
    }

    // Numbers are two bytes, big-endian: pages, then width and height of each page, then its bytes.
    [Theory]
    [InlineData("too many pages", @"printf '\377\377'")]
    [InlineData("no page", @"printf '\0\0'")]
    [InlineData("half a number", @"printf '\0'")]
    [InlineData("negative size", @"printf '\0\1\200\0\200\0'")]
    [InlineData("no width", @"printf '\0\1\0\0\0\1'")]
    [InlineData("too few bytes", @"printf '\0\1\0\12\0\12'; head -c 299 /dev/zero")]
    [InlineData("too many bytes", @"printf '\0\1\0\1\0\1'; head -c 4 /dev/zero")]
    [InlineData("endless output", @"printf '\0\1\0\1\0\1'; cat /dev/zero")]
    [InlineData("endless errors", @"cat /dev/zero >&2")]
    [InlineData("failure after a good page", @"printf '\0\1\0\1\0\1'; head -c 3 /dev/zero; exit 9")]
    [InlineData("killed", @"kill -9 $$")]
    [InlineData("never reads, never ends", @"exec sleep 1000")]
    public async Task It_only_fails_its_own_conversion(string what, string script)
    {
        var input = Path.Combine(folder.FullName, "in.txt");
        await File.WriteAllTextAsync(input, script + "\n");

        var result = await Daemon.RunAsync("qvm-convert", "--timeout", "8", "--dispvm", HostileTemplate.Name, input);

        Assert.False(string.IsNullOrEmpty(what));
        result.RefusedWith("in.txt");
    }
}
