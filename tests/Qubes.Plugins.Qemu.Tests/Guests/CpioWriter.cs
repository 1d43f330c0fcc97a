using System.Globalization;
using System.Text;

namespace Qubes.Plugins.Qemu.Tests.Guests;

/// <summary>Writes a kernel's initramfs: a cpio archive in the "newc" form, not compressed.</summary>
internal sealed class CpioWriter(Stream output)
{
    private int inode;

    public void Directory(string name) => Entry(name, 0x41ed, []);

    public void Program(string name, byte[] content) => Entry(name, 0x81ed, content);

    public void End() => Entry("TRAILER!!!", 0, []);

    private void Entry(string name, int mode, byte[] content)
    {
        // Thirteen fields of eight hexadecimal digits: ino mode uid gid nlink mtime size devmajor devminor rdev… namesize check.
        int[] fields = [++inode, mode, 0, 0, 1, 0, content.Length, 0, 0, 0, 0, name.Length + 1, 0];
        var header = "070701" + string.Concat(fields.Select(field => field.ToString("x8", CultureInfo.InvariantCulture)));
        output.Write(Encoding.ASCII.GetBytes(header + name + "\0"));
        Pad();
        output.Write(content);
        Pad();
    }

    private void Pad() => output.Write(new byte[(4 - output.Position % 4) % 4]);
}
