using Microsoft.Win32.SafeHandles;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qemu.Memory;

/// <summary>
/// A file of the daemon that has no name and lies in memory only (memfd). The launcher opens it for a machine through the
/// daemon's descriptor (<see cref="Hold"/>).
/// </summary>
/// <remarks>
/// Such files have the mode 0777, so that a machine's user may open its own descriptor anew, for writing too; QEMU insists on
/// that. Nobody else reaches the file, and a sealed one can be written to by nobody: not by write, not through a shared mapping,
/// not by punching holes. That is why a copy of a machine cannot change the memory that it shares with its siblings, even when its
/// QEMU has been taken over. A private mapping is the copy's own business.
/// </remarks>
internal sealed class MemoryFile : IDisposable
{
    private MemoryFile(SafeFileHandle handle) => Handle = handle;

    public SafeFileHandle Handle { get; }

    /// <summary>Bytes, holes included.</summary>
    public long Size => RandomAccess.GetLength(Handle);

    /// <summary>Bytes that it really takes.</summary>
    public long Allocated => FileFacts.Of(Handle).Allocated;

    /// <summary>Makes one of zeros.</summary>
    /// <param name="name">For people who look at <c>/proc</c>.</param>
    /// <param name="size">Bytes.</param>
    /// <exception cref="QubeException">The kernel refuses.</exception>
    public static MemoryFile Create(string name, long size)
    {
        var handle = MemoryCalls.Create(name);
        try
        {
            RandomAccess.SetLength(handle, size);
            return new MemoryFile(handle);
        }
        catch (IOException e)
        {
            handle.Dispose();
            throw new QubeException($"A memory file of {size} bytes: {e.Message}");
        }
    }

    /// <summary>Makes a sealed one with the content.</summary>
    public static MemoryFile Of(string name, ReadOnlySpan<byte> content)
    {
        var file = Create(name, content.Length);
        RandomAccess.Write(file.Handle, content, 0);
        file.Seal();
        return file;
    }

    /// <summary>Forbids every change, for ever. Refused while somebody has it mapped for writing.</summary>
    public void Seal() => MemoryCalls.Seal(Handle);

    /// <summary>
    /// Keeps the descriptor open, and thereby its path true, however early the file is disposed of: a path to a descriptor that was
    /// closed leads to whatever is opened next.
    /// </summary>
    /// <exception cref="QubeException">It is closed.</exception>
    public Held Hold()
    {
        var isHeld = false;
        try
        {
            Handle.DangerousAddRef(ref isHeld);
        }
        catch (ObjectDisposedException)
        {
            throw new QubeException("The memory template is gone");
        }
        return new Held(Handle);
    }

    public void Dispose() => Handle.Dispose();

    /// <summary>A hold on the file.</summary>
    internal sealed class Held(SafeFileHandle handle) : IDisposable
    {
        private int isReleased;

        /// <summary>What this user's processes open to get the file.</summary>
        public string Path { get; } = $"/proc/{Environment.ProcessId}/fd/{handle.DangerousGetHandle()}";

        public void Dispose()
        {
            if (Interlocked.Exchange(ref isReleased, 1) == 0)
                handle.DangerousRelease();
        }
    }
}
