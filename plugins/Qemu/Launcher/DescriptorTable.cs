using System.Text;

namespace Qubes.Machine.Launcher;

/// <summary>What is opened for the program, and the descriptor under which it will find each.</summary>
internal sealed unsafe class DescriptorTable
{
    private const int ReadWrite = 2; // O_RDWR
    private const int NonBlocking = 0x800; // O_NONBLOCK: opening a pipe or device by mistake does not hang
    private const int UnixFamily = 1;
    private const int StreamType = 1;

    private readonly List<(int From, int To)> entries = [];

    public void Add(LaunchFile file)
    {
        var flags = (file.IsWritable ? ReadWrite : 0) | Native.CloseOnExec | NonBlocking;
        var descriptor = Native.Check(Native.Open(file.Path, flags), $"open {file.Path}");
        if (!FileKind.IsRegular(descriptor))
            throw new LaunchException($"{file.Path} is not a regular file");
        Add(descriptor, file.Descriptor);
    }

    public void Add(LaunchSocket socket)
    {
        var path = Encoding.UTF8.GetBytes(socket.Path);
        if (path.Length is 0 or > LaunchDescription.MaximumSocketPath)
        {
            throw new LaunchException(
                $"{socket.Path}: a socket's path has 1 to {LaunchDescription.MaximumSocketPath} bytes, this one {path.Length}");
        }
        // struct sockaddr_un: family u16 in the host's order, path ended by a zero.
        var address = stackalloc byte[2 + LaunchDescription.MaximumSocketPath + 1];
        new Span<byte>(address, 2 + LaunchDescription.MaximumSocketPath + 1).Clear();
        *(ushort*)address = UnixFamily;
        path.CopyTo(new Span<byte>(address + 2, path.Length));

        _ = Native.Unlink(socket.Path); // absent, or bind says what is wrong
        var descriptor = Native.Check(Native.Socket(UnixFamily, StreamType | Native.CloseOnExec, 0), "socket");
        Native.Check(Native.Bind(descriptor, address, (uint)(2 + path.Length + 1)), $"bind {socket.Path}");
        Native.Check(Native.Listen(descriptor, 1), "listen");
        Add(descriptor, socket.Descriptor);
    }

    public void Add(LaunchSecret secret)
    {
        const uint CloseOnExec = 1; // MFD_CLOEXEC
        var descriptor = Native.Check(Native.CreateMemoryFile("secret", CloseOnExec), "memfd_create");
        fixed (byte* content = secret.Content)
        {
            if (Native.Check((int)Native.Write(descriptor, content, (nuint)secret.Content.Length), "write") != secret.Content.Length)
                throw new LaunchException("a secret was written in part");
        }
        Add(descriptor, secret.Descriptor);
    }

    /// <summary>Puts everything in its place; all else but standard error closes when the program starts.</summary>
    public void Arrange()
    {
        const int SetCloseOnExec = 4; // CLOSE_RANGE_CLOEXEC
        Native.Check(Native.CloseRange(3, uint.MaxValue, SetCloseOnExec), "close_range");
        foreach (var (from, to) in entries)
            Native.Check(Native.Duplicate(from, to), "dup2");
        var nothing = Native.Check(Native.Open("/dev/null", ReadWrite | Native.CloseOnExec), "open /dev/null");
        Native.Check(Native.Duplicate(nothing, 0), "dup2");
        Native.Check(Native.Duplicate(nothing, 1), "dup2");
    }

    private void Add(int from, int to)
    {
        if (to is < LaunchDescription.FirstDescriptor or > LaunchDescription.LastDescriptor
            || entries.Any(entry => entry.To == to))
        {
            throw new LaunchException($"descriptor {to} is out of range or asked for twice");
        }
        if (from >= LaunchDescription.FirstDescriptor)
            throw new LaunchException("too many files");
        entries.Add((from, to));
    }
}
