namespace Qubes.Qrexec.Vchan;

/// <summary>Where a vchan over a Unix socket listens (spec: protocol, section 1).</summary>
public static class VchanSocketPath
{
    /// <summary><c>DIRECTORY/vchan.SERVER.CLIENT.PORT.sock</c>; server and client are numeric domain ids.</summary>
    public static string Of(string directory, int server, int client, int port) =>
        Path.Combine(directory, $"vchan.{server}.{client}.{port}.sock");
}
