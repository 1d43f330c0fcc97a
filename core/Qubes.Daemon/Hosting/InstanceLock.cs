using Qubes.Sdk.Errors;
using Qubes.Sdk.Hosting;

namespace Qubes.Daemon.Hosting;

/// <summary>
/// Makes sure that one daemon alone works on a root: holds <c>run/qubes/qubesd.lock</c> locked (<c>flock(2)</c>) for as long
/// as it lives, however it ends. <c>qubesd.pid</c> beside it tells people which process that is.
/// </summary>
internal sealed class InstanceLock : IDisposable
{
    private const int WouldBlock = 11; // EAGAIN

    private readonly FileStream file;

    private InstanceLock(FileStream file) => this.file = file;

    /// <exception cref="QubesException">Another daemon has it.</exception>
    public static InstanceLock Take(QubesPaths paths)
    {
        var pidFile = paths.Runtime + "/qubesd.pid";
        try
        {
            // Not shared: .NET locks the file with flock(2). Children do not inherit it.
            var file = new FileStream(paths.Runtime + "/qubesd.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(pidFile, $"{Environment.ProcessId}\n");
            return new(file);
        }
        catch (IOException e) when (e.HResult == WouldBlock)
        {
            throw new QubesException($"another qubesd{Holder(pidFile)} works on {paths.State}; stop it first", e);
        }
    }

    public void Dispose() => file.Dispose();

    private static string Holder(string pidFile) =>
        File.Exists(pidFile) && int.TryParse(File.ReadAllText(pidFile), out var id) ? $" (process {id})" : "";
}
