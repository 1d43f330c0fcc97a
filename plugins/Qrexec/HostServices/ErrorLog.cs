using System.Text;
using Microsoft.Extensions.Logging;

namespace Qubes.Plugins.Qrexec.HostServices;

/// <summary>
/// The standard error of the host's services: line by line to the log, since their callers get none of it. Callers have a hand in what it
/// says, so it is escaped, and no call writes more than <see cref="MostLines"/> lines of 200 characters; the rest is read and dropped.
/// </summary>
internal static class ErrorLog
{
    /// <summary>Lines of one call that are logged.</summary>
    public const int MostLines = 50;

    private const int LongestLine = 1024;

    /// <summary>Reads to the end of the stream, or until it is closed; owns it. Never throws.</summary>
    public static async Task CopyAsync(Stream error, HostCall call, ILogger logger)
    {
        var line = new StringBuilder();
        var buffer = new byte[4096];
        int lines = 0;
        try
        {
            await using (error)
            {
                while (await error.ReadAsync(buffer) is > 0 and int count)
                {
                    foreach (byte octet in buffer.AsSpan(0, count))
                    {
                        if (octet != '\n' && line.Length < LongestLine)
                            line.Append((char)octet);
                        if (octet == '\n')
                            Write(line, ref lines, call, logger);
                    }
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The call is over.
        }
        Write(line, ref lines, call, logger);
    }

    private static void Write(StringBuilder line, ref int lines, HostCall call, ILogger logger)
    {
        if (line.Length > 0 && ++lines <= MostLines)
            Log.HostServiceSays(logger, new(call.Descriptor.FullName), call.Source.Name, new(line.ToString()));
        line.Clear();
    }
}
