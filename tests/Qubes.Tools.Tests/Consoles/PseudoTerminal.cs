using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Qubes.Tools.Tests.Consoles;

/// <summary>A pair of terminals: what is written to <see cref="Path"/> is read here, and the other way round.</summary>
internal sealed partial class PseudoTerminal : IDisposable
{
    private const nuint Unlock = 0x40045431;
    private const nuint Number = 0x80045430;

    private readonly FileStream master;

    private PseudoTerminal(FileStream master, string path) => (this.master, Path) = (master, path);

    public string Path { get; }

    public static PseudoTerminal Open()
    {
        var handle = File.OpenHandle("/dev/ptmx", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var locked = 0;
        var number = 0;
        Assert.Equal(0, Control(handle, Unlock, ref locked));
        Assert.Equal(0, Control(handle, Number, ref number));
        return new PseudoTerminal(new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0), $"/dev/pts/{number}");
    }

    public async Task<string> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await master.ReadExactlyAsync(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    public async Task WriteAsync(string text) => await master.WriteAsync(Encoding.UTF8.GetBytes(text));

    public void Dispose() => master.Dispose();

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int Control(SafeFileHandle terminal, nuint request, ref int value);
}
