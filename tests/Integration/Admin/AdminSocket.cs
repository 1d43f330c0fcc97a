using System.Net.Sockets;
using System.Text;

namespace Qubes.Integration.Tests.Admin;

/// <summary>A client of the Admin API's sockets, on raw bytes.</summary>
internal static class AdminSocket
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A daemon with machines that only pretend.</summary>
    public static Task<Testbed.Daemon> StartDaemonAsync() => Testbed.Daemon.StartAsync("--hypervisor", "simulated");

    /// <summary>Gives the system a default kernel, <c>1.0</c>, which nothing can boot.</summary>
    public static async Task AddKernelAsync(this Testbed.Daemon daemon)
    {
        string kernel = daemon.Root + "/var/lib/qubes/vm-kernels/1.0";
        Directory.CreateDirectory(kernel);
        await File.WriteAllTextAsync(kernel + "/vmlinuz", "");
        await File.WriteAllTextAsync(kernel + "/initramfs", "");
        _ = (await daemon.CallAsync("admin.property.Set+default_kernel", payload: "1.0")).Ok;
    }

    /// <summary>The host's call; e.g. <c>admin.vm.List</c>.</summary>
    public static Task<AdminReply> CallAsync(
        this Testbed.Daemon daemon, string call, string destination = "dom0", string payload = "", string source = "dom0") =>
        daemon.SendAsync(Encoding.UTF8.GetBytes($"{Plus(call)} {source} name {destination}\0{payload}"));

    /// <summary>A call on one of the other two sockets.</summary>
    public static Task<AdminReply> CallOnAsync(
        this Testbed.Daemon daemon, string socket, string call, string destination = "dom0", string payload = "",
        string source = "dom0") =>
        daemon.SendAsync(Encoding.UTF8.GetBytes($"{Plus(call)} {source} name {destination}\0{payload}"), socket);

    /// <summary>Raw bytes and what comes back for them; nothing also when the daemon lets go while we send.</summary>
    public static async Task<AdminReply> SendAsync(this Testbed.Daemon daemon, byte[] request, string socket = "qubesd")
    {
        using Socket client = await daemon.ConnectAsync(socket);
        using var patience = new CancellationTokenSource(Patience);
        var answer = new MemoryStream();
        try
        {
            for (int sent = 0; sent < request.Length;)
                sent += await client.SendAsync(request.AsMemory(sent), patience.Token);
            client.Shutdown(SocketShutdown.Send);
            byte[] buffer = new byte[8192];
            while (await client.ReceiveAsync(buffer.AsMemory(), patience.Token) is > 0 and int read)
                answer.Write(buffer, 0, read);
        }
        catch (SocketException)
        {
            // Let go with something of ours unread.
        }
        return new(answer.ToArray());
    }

    public static async Task<Socket> ConnectAsync(this Testbed.Daemon daemon, string socket = "qubesd")
    {
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await client.ConnectAsync(new UnixDomainSocketEndPoint($"{daemon.Root}/run/{socket}.sock"));
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static string Plus(string call) => call.Contains('+', StringComparison.Ordinal) ? call : call + "+";
}
