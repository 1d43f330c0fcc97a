using System.CommandLine;
using System.Net.Sockets;
using Qubes.Tools.Admin;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;

namespace Qubes.Tools.Queries;

/// <summary>
/// <c>qubesd-query [-c SOCKET] [-e] [--fail] SRC METHOD DEST [ARG]</c>: one call as another program words it, for scripts.
/// The answer is written as it comes, its kind and NULs included (spec: Admin API, section 3).
/// </summary>
internal sealed class QueryApplet() : Applet("qubesd-query", "Make one call to qubesd and write its raw answer.")
{
    private readonly Argument<string> source = new("SRC") { Description = "The calling qube" };
    private readonly Argument<string> method = new("METHOD") { Description = "e.g. admin.vm.List" };
    private readonly Argument<string> destination = new("DEST") { Description = "The qube that the call is about" };
    private readonly Argument<string> argument = new("ARG")
    {
        Description = "The method's argument",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => "",
    };
    private readonly Option<string?> connect = new("-c", "--connect") { Description = "The daemon's socket", HelpName = "PATH" };
    private readonly Option<bool> empty = new("-e", "--empty") { Description = "Send no payload; without it standard input is the payload" };
    private readonly Option<bool> fail = new("--fail") { Description = "Give status 1 if the daemon refuses" };

    public override void Describe(Command command)
    {
        command.Add(this.source);
        command.Add(this.method);
        command.Add(this.destination);
        command.Add(this.argument);
        command.Add(this.connect);
        command.Add(this.empty);
        command.Add(this.fail);
    }

    public override async Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        byte[] payload = line.GetValue(this.empty) ? [] : await ReadPayloadAsync(session.Console.RawInput, cancellation);
        byte[] request = RawQuery.Build(
            line.GetRequiredValue(this.source), line.GetRequiredValue(this.method), line.GetRequiredValue(this.destination),
            line.GetValue(this.argument) ?? "", payload);
        string path = line.GetValue(this.connect) ?? session.Paths.AdminSocket;
        try
        {
            using Socket daemon = await RawQuery.SendAsync(path, request, cancellation);
            byte first = await CopyAsync(daemon, session.Console.RawOutput, cancellation);
            return first == '0' || !line.GetValue(this.fail) ? ExitCode.Success : ExitCode.Failure;
        }
        catch (Exception e) when (e is SocketException or ArgumentOutOfRangeException)
        {
            // ArgumentOutOfRangeException: the path is longer than a socket address can be.
            throw new ToolException($"cannot talk to qubesd at {path}: {e.Message}", cause: e);
        }
    }

    private static async Task<byte[]> ReadPayloadAsync(Stream input, CancellationToken cancellation)
    {
        // One byte more than any request may have tells that it is too long.
        byte[] payload = new byte[AdminRequest.MaximumLength + 1];
        int length = await input.ReadAtLeastAsync(payload, payload.Length, throwOnEndOfStream: false, cancellation);
        return payload[..length];
    }

    /// <summary>Returns the answer's first byte, which tells its kind; 0 for none.</summary>
    private static async Task<byte> CopyAsync(Socket from, Stream to, CancellationToken cancellation)
    {
        byte[] buffer = new byte[65536];
        byte first = 0;
        while (await from.ReceiveAsync(buffer.AsMemory(), cancellation) is > 0 and var read)
        {
            first = first == 0 ? buffer[0] : first;
            await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
        await to.FlushAsync(cancellation);
        return first;
    }
}
