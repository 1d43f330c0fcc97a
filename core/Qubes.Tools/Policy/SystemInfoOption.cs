using System.CommandLine;
using Qubes.Policy.Knowledge;
using Qubes.Tools.Admin;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Policy;

/// <summary><c>--system-info FILE</c>: what qubes there are; without it the daemon is asked.</summary>
internal sealed class SystemInfoOption
{
    private const string Method = "internal.GetSystemInfo";
    private const int Longest = AdminClient.MaximumAnswer;

    private readonly Option<string?> file = new("--system-info")
    {
        Description = $"JSON as {Method} answers it (default: ask the daemon)",
        HelpName = "FILE",
    };

    public void AddTo(Command command) => command.Add(file);

    /// <exception cref="ToolException">The file, or the daemon's answer, is no such JSON.</exception>
    public async Task<SystemInfo> ReadAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var path = line.GetValue(file);
        var json = path is null
            ? await new AdminClient(session.Paths, session.Paths.InternalSocket).CallBytesAsync(Method, "", "dom0", default, cancellation)
            : PolicyFiles.Read(path, Longest);
        try
        {
            return SystemInfo.Parse(json);
        }
        catch (SystemInfoException e)
        {
            throw new ToolException($"{path ?? "the answer to " + Method}: {e.Message}", cause: e);
        }
    }
}
