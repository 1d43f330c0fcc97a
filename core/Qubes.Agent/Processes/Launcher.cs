using Qubes.Agent.Accounts;
using Qubes.Agent.Native;

namespace Qubes.Agent.Processes;

/// <summary>Starts programs as any user of the guest.</summary>
internal static class Launcher
{
    private const uint Root = 0;

    /// <summary>
    /// Starts a program with the given descriptors 0, 1 and 2, in a session of its own, in the user's home directory or, if
    /// that cannot be entered, in <c>/</c>. Returns its pid.
    /// </summary>
    /// <exception cref="SystemCallException">It could not be started.</exception>
    public static unsafe int Start(Program program, int input, int output, int error)
    {
        using var path = new NativeStrings([program.Path]);
        using var arguments = new NativeStrings(program.Arguments);
        using var environment = new NativeStrings(SessionEnvironment.Of(program.Account, program.Environment));
        int pid;
        using (new Impersonation(program.Account))
        {
            pid = Libc.Spawn(*path.Pointer, arguments.Pointer, environment.Pointer, program.Account.Home, input, output, error);
            if (pid < 0 && Libc.FileMode(program.Account.Home + "/.").Error != 0)
                pid = Libc.Spawn(*path.Pointer, arguments.Pointer, environment.Pointer, "/", input, output, error);
        }

        return pid > 0 ? pid : throw new SystemCallException($"start {program.Path}", -pid);
    }

    /// <summary>Whether this agent may start programs as that user.</summary>
    public static bool MayBecome(Account account) => Libc.EffectiveUser == Root || Libc.EffectiveUser == account.User;

    /// <summary>
    /// This thread has another user's credentials, with root kept as the saved user to return to. The child inherits them,
    /// and executing its program takes the saved user away.
    /// </summary>
    private readonly ref struct Impersonation
    {
        private readonly bool isActive;

        public Impersonation(Account account)
        {
            isActive = Libc.EffectiveUser == Root && account.User != Root;
            if (isActive)
                Libc.SetThreadCredentials(account.User, Root, account.Group, [.. account.Groups]);
        }

        public void Dispose()
        {
            if (isActive)
                Libc.SetThreadCredentials(Root, Root, Root, []);
        }
    }
}
