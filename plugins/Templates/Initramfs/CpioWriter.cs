using System.Text;

namespace Qubes.Plugins.Templates.Initramfs;

/// <summary>Writes the archive that a kernel unpacks as its first root file system. Everything in it belongs to root; no times.</summary>
internal sealed class CpioWriter(Stream output)
{
    // cpio, format "newc" (Linux: Documentation/driver-api/early-userspace/buffer-format.rst). One entry after the other:
    //   "070701", then 13 numbers of 8 hexadecimal digits each: inode, mode, owner, group, links, time, size of the
    //   content, device major and minor, represented device major and minor, size of the name with its NUL, 0
    //   the name, ended by NUL, filled up with NUL so that the content starts at a multiple of 4
    //   the content, filled up with NUL to a multiple of 4
    // The entry "TRAILER!!!" ends the archive.
    private const uint DirectoryType = 0x4000;
    private const uint CharacterType = 0x2000;
    private const uint FileType = 0x8000;
    private const int Alignment = 4;

    private uint _inode;
    private long _position;

    /// <summary>A directory; its parents must have been written.</summary>
    public void AddDirectory(string name) => Add(name, DirectoryType | 0x1ED, links: 2, [], 0, 0);

    /// <summary>A file with its content and permission bits.</summary>
    public void AddFile(string name, UnixFileMode mode, ReadOnlySpan<byte> content) =>
        Add(name, FileType | (uint)mode, links: 1, content, 0, 0);

    /// <summary>A character device, mode 0600.</summary>
    public void AddCharacterDevice(string name, uint major, uint minor) =>
        Add(name, CharacterType | 0x180, links: 1, [], major, minor);

    /// <summary>Ends the archive.</summary>
    public void Finish() => Add("TRAILER!!!", 0, links: 1, [], 0, 0);

    private void Add(string name, uint mode, uint links, ReadOnlySpan<byte> content, uint major, uint minor)
    {
        var inode = mode == 0 ? 0 : ++_inode;
        var bytes = Encoding.ASCII.GetBytes(name + "\0");
        ReadOnlySpan<uint> numbers =
            [inode, mode, 0, 0, links, 0, checked((uint)content.Length), 0, 0, major, minor, (uint)bytes.Length, 0];
        var header = new StringBuilder("070701", 110);
        foreach (var number in numbers)
            header.Append(number.ToString("X8"));
        Write(Encoding.ASCII.GetBytes(header.ToString()));
        Write(bytes);
        Align();
        Write(content);
        Align();
    }

    private void Align() => Write(new byte[(Alignment - _position % Alignment) % Alignment]);

    private void Write(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        _position += bytes.Length;
    }
}
