using System.Net.Sockets;

namespace Qubes.Plugins.Qemu.Consoles;

/// <summary>
/// Copies a machine's console into <c>guest-NAME.log</c>, byte for byte. A guest can write without end, so a full file becomes
/// <c>guest-NAME.log.old</c>, and both together stay within 256 KiB. Look at them with a tool that does not obey control
/// sequences.
/// </summary>
internal sealed class ConsoleLog : IAsyncDisposable
{
    public const int MaximumFile = 128 * 1024;

    private readonly string path;
    private readonly NetworkStream stream;
    private readonly Task copying;

    private ConsoleLog(NetworkStream stream, string path)
    {
        this.stream = stream;
        this.path = path;
        copying = Task.Run(CopyAsync);
    }

    /// <summary>Connects to the console and goes on with the log that is there.</summary>
    public static async Task<ConsoleLog> OpenAsync(string socketPath, string logPath, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancel).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        return new ConsoleLog(new NetworkStream(socket, ownsSocket: true), logPath);
    }

    /// <summary>Completes when the console has ended and all of it is written; never faults.</summary>
    public Task Finished => copying;

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync().ConfigureAwait(false);
        await copying.ConfigureAwait(false);
    }

    private async Task CopyAsync()
    {
        var buffer = new byte[4096];
        FileStream? file = null;
        try
        {
            file = Open();
            while (await stream.ReadAsync(buffer).ConfigureAwait(false) is var read and > 0)
            {
                if (file.Position + read > MaximumFile)
                {
                    await file.DisposeAsync().ConfigureAwait(false);
                    File.Move(path, path + ".old", overwrite: true);
                    file = Open();
                }
                await file.WriteAsync(buffer.AsMemory(0, read)).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            // The machine ended, the daemon lets go of it, or the log cannot be written: none of them is the machine's end.
        }
        finally
        {
            if (file is not null)
                await file.DisposeAsync().ConfigureAwait(false);
        }
    }

    private FileStream Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Append,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }
}
