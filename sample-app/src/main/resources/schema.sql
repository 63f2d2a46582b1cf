create table if not exists product (name varchar(100) primary key, stock int not null, token bigint not null);
create table if not exists sale (id bigint generated always as identity primary key, product varchar(100) not null);
