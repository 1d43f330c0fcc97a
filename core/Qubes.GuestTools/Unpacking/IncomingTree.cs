using Microsoft.Win32.SafeHandles;
using Qubes.GuestTools.Native;
using Qubes.Qrexec.Files;

namespace Qubes.GuestTools.Unpacking;

/// <summary>
/// The directory that files of one qube come into. Every step below it goes from descriptor to descriptor and refuses links,
/// so that nothing ever appears outside, whatever is in it already.
/// </summary>
internal sealed class IncomingTree(SafeFileHandle root) : IDisposable
{
    private const string Name = "QubesIncoming";

    /// <summary>Opens, or makes, <c>HOME/QubesIncoming/SOURCE</c>.</summary>
    /// <exception cref="SystemCallException">It cannot be made.</exception>
    public static IncomingTree Open(string home, string source)
    {
        using var incoming = Libc.OpenDirectory(Directory.CreateDirectory(
            Path.Combine(home, Name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName);
        var name = System.Text.Encoding.ASCII.GetBytes(source);
        _ = Libc.TryMakeDirectory(incoming, name);
        return new IncomingTree(Libc.OpenDirectory(incoming, name));
    }

    /// <summary>Makes a directory for its owner alone; false: there is something of that name.</summary>
    public bool TryMakeDirectory(EntryPath path)
    {
        using var parent = OpenParent(path);
        return Libc.TryMakeDirectory(parent, path.Name);
    }

    /// <summary>Gives a directory its permissions and times.</summary>
    public void FinishDirectory(EntryPath path, QfileHeader header)
    {
        using var parent = OpenParent(path);
        using var directory = Libc.OpenDirectory(parent, path.Name);
        Libc.SetMode(directory, header.Permissions);
        Libc.SetTimes(directory, header.Accessed, header.Modified);
    }

    /// <summary>Makes a file, which appears when all of it has been written.</summary>
    /// <param name="write">Writes its content.</param>
    public void MakeFile(EntryPath path, QfileHeader header, Action<SafeFileHandle> write)
    {
        using var parent = OpenParent(path);
        // Only to say so before the content has come; what counts is that giving the name fails.
        if (Libc.Exists(parent, path.Name))
            throw new UnpackException(QfileError.Exists);
        using var file = Libc.OpenUnnamed(parent);
        write(file);
        Libc.SetMode(file, header.Permissions);
        Libc.SetTimes(file, header.Accessed, header.Modified);
        Libc.GiveName(file, parent, path.Name);
    }

    /// <summary>Makes a symbolic link.</summary>
    public void MakeLink(EntryPath path, QfileHeader header, ReadOnlySpan<byte> target)
    {
        using var parent = OpenParent(path);
        Libc.MakeLink(target, parent, path.Name);
        Libc.SetLinkTimes(parent, path.Name, header.Accessed, header.Modified);
    }

    /// <summary>Returns when all of it is on disk: the sender may delete what it has.</summary>
    public void Sync() => Libc.Sync(root);

    public void Dispose() => root.Dispose();

    private SafeFileHandle OpenParent(EntryPath path)
    {
        // The descriptor of the root itself must outlive the walk.
        var at = Libc.OpenDirectory(root, "."u8);
        foreach (var component in path.Components.Take(path.Components.Count - 1))
        {
            using var above = at;
            at = Libc.OpenDirectory(above, path.Bytes.AsSpan(component));
        }

        return at;
    }
}
