using Qubes.Plugins.Qrexec.HostCallers;

namespace Qubes.Plugins.Qrexec.Tests.HostCallers;

public sealed class CallerPlacesTests
{
    [Fact]
    public void One_user_cannot_take_all_places_and_all_users_together_not_more_than_there_are()
    {
        var places = new CallerPlaces();
        for (uint user = 1; user <= CallerPlaces.InAll / CallerPlaces.PerUser; user++)
        {
            for (int i = 0; i < CallerPlaces.PerUser; i++)
                Assert.True(places.TryEnter(user));
            Assert.False(places.TryEnter(user));
        }
        Assert.False(places.TryEnter(1000));
        places.Leave(1);
        Assert.True(places.TryEnter(1000));
        Assert.False(places.TryEnter(1));
    }
}
