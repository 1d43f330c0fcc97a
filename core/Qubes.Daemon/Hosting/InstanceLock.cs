using System.Text;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Daemon.Hosting;

/// <summary>
/// Makes sure that one daemon alone works on a root: holds <c>run/qubes/qubesd.lock</c> locked (<c>flock(2)</c>) for as long
/// as it lives, however it ends. The file holds the daemon's process id, for people.
/// </summary>
internal sealed class InstanceLock : IDisposable
{
    private const int WouldBlock = 11; // EAGAIN

    private readonly FileStream file;

    private InstanceLock(FileStream file) => this.file = file;

    /// <exception cref="QubesException">Another daemon has it.</exception>
    public static InstanceLock Take(QubesPaths paths)
    {
        var path = paths.Runtime + "/qubesd.lock";
        FileStream file;
        try
        {
            // Not shared: .NET locks the file with flock(2). Children do not inherit it.
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new QubesException($"another qubesd{Holder(path)} works on {paths.State}; stop it first", e);
        }
        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
        return new(file);
    }

    public void Dispose() => file.Dispose();

    private static string Holder(string path)
    {
        var buffer = new byte[16];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var text = Encoding.ASCII.GetString(buffer, 0, file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false));
        return int.TryParse(text, out var id) ? $" (process {id})" : "";
    }
}
